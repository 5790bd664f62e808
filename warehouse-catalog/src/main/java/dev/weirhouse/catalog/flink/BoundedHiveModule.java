package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.functions.FunctionDefinition;
import org.apache.flink.table.module.hive.HiveModule;

/** Hive's built-in functions, but for those that call any Java method or read any file. */
final class BoundedHiveModule extends HiveModule {

    static final String NAME = "hive";

    private static final Set<String> LEFT_OUT = Set.of("reflect", "reflect2", "java_method", "in_file");

    private static final Pattern CALL =
            Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"|--[^\\n]*+|(?s:/\\*.*?\\*/)"
                    + "|(?<![\\w.])(?<name>(?i:`?(?:reflect2?|java_method|in_file)`?))\\s*\\(");

    BoundedHiveModule(String hiveVersion, ReadableConfig config, ClassLoader classLoader) {
        super(hiveVersion, config, classLoader);
    }

    @Override
    public Set<String> listFunctions() {
        Set<String> names = new HashSet<>(super.listFunctions());
        names.removeAll(LEFT_OUT);
        return names;
    }

    @Override
    public Optional<FunctionDefinition> getFunctionDefinition(String name) {
        return LEFT_OUT.contains(name.toLowerCase(Locale.ROOT)) ? Optional.empty() : super.getFunctionDefinition(name);
    }

    /**
     * Refuses a text that calls one of them: Hive's parser looks into its own registry first, and computes what it can
     * while it parses.
     */
    static void check(String sql) {
        Matcher calls = CALL.matcher(sql);
        while (calls.find()) {
            if (calls.group("name") != null) {
                throw new WarehouseException(
                        CatalogError.STATEMENT_NOT_ALLOWED,
                        "The function " + calls.group("name")
                                + " runs code or reads files of the server's and cannot be" + " called.");
            }
        }
    }
}
