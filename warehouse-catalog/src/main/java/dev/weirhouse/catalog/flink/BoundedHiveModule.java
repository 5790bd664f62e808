package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.module.hive.HiveModule;
import org.apache.hadoop.hive.ql.exec.FunctionInfo;
import org.apache.hadoop.hive.ql.exec.FunctionRegistry;
import org.apache.hadoop.hive.ql.parse.SemanticException;

/**
 * Hive's built-in functions, but for those that run code or read files of the server's, and those that ask a session of
 * Hive's own, which there is none of.
 *
 * <p>Hive's parser looks into Hive's registry before it asks any module, and computes what it can while it parses. So the
 * functions are blocked in that registry, which is one for the process.
 */
final class BoundedHiveModule extends HiveModule {

    static final String NAME = "hive";

    private static final String HIVE_VERSION = "3.1.3";

    private static final Set<String> CLOSED = Set.of("reflect", "reflect2", "java_method", "in_file", "get_splits");

    private static final Set<String> OF_HIVES_SESSION = Set.of(
            "current_user", "current_groups", "current_authorizer", "logged_in_user", "restrict_information_schema");

    private static final Set<String> OPEN;
    private static final Set<String> OPEN_CLASSES;

    static {
        Set<String> leftOut =
                Stream.concat(CLOSED.stream(), OF_HIVES_SESSION.stream()).collect(Collectors.toSet());
        // Listed before they are blocked: Flink's listing stops at the first function that is.
        Set<String> open =
                new HashSet<>(new HiveModule(HIVE_VERSION, BoundedHiveModule.class.getClassLoader()).listFunctions());
        open.removeAll(leftOut);
        OPEN = Set.copyOf(open);
        Map<Boolean, Set<String>> classes = FunctionRegistry.getFunctionNames().stream()
                .collect(Collectors.partitioningBy(
                        OPEN::contains, Collectors.flatMapping(BoundedHiveModule::className, Collectors.toSet())));
        Set<String> openClasses = new HashSet<>(classes.get(true));
        leftOut.stream().flatMap(BoundedHiveModule::className).forEach(openClasses::remove);
        OPEN_CLASSES = Set.copyOf(openClasses);
        FunctionRegistry.setupPermissionsForBuiltinUDFs("", String.join(",", leftOut));
    }

    BoundedHiveModule(ReadableConfig config, ClassLoader classLoader) {
        super(HIVE_VERSION, config, classLoader);
    }

    @Override
    public Set<String> listFunctions() {
        return OPEN;
    }

    @Override
    public Optional<FunctionDefinition> getFunctionDefinition(String name) {
        return OPEN.contains(name.toLowerCase(Locale.ROOT)) ? super.getFunctionDefinition(name) : Optional.empty();
    }

    /** Whether a class is one of those behind Hive's open built-in functions. */
    static boolean isOpen(String className) {
        return OPEN_CLASSES.contains(className);
    }

    /** Whether a name is one of Hive's functions that cannot be called here. */
    static boolean isLeftOut(String function) {
        String name = function.toLowerCase(Locale.ROOT);
        return CLOSED.contains(name) || OF_HIVES_SESSION.contains(name);
    }

    /** What to say of a function that is left out. */
    static WarehouseException refusal(String function, Throwable cause) {
        if (OF_HIVES_SESSION.contains(function.toLowerCase(Locale.ROOT))) {
            return new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "Hive's function " + function + " asks a session of Hive's own, which there is none of here.",
                    cause);
        }
        return new WarehouseException(
                CatalogError.STATEMENT_NOT_ALLOWED,
                "The function " + function + " runs code or reads files of the server's and cannot be called.",
                cause);
    }

    private static Stream<String> className(String function) {
        try {
            FunctionInfo info = FunctionRegistry.getFunctionInfo(function);
            return info == null || info.getFunctionClass() == null
                    ? Stream.empty()
                    : Stream.of(info.getFunctionClass().getName());
        } catch (SemanticException e) {
            throw new IllegalStateException("Hive does not know its own function " + function, e);
        }
    }
}
