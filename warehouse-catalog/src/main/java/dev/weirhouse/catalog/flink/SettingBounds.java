package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Consistency;
import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.WarehouseException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connectors.hive.HiveOptions;
import org.apache.flink.table.api.SqlDialect;
import org.apache.flink.table.api.TableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.api.config.OptimizerConfigOptions;
import org.apache.flink.table.api.config.TableConfigOptions;

/**
 * Which settings a session may change, and to what. A value is read here as Flink will read it: later, nobody would say
 * which setting it was that a statement failed by, and some values leave no statement that works.
 */
public final class SettingBounds {

    /** Checkpoints closer to each other than this do nothing but checkpoint. */
    private static final Duration SHORTEST_CHECKPOINTING = Duration.ofMillis(100);

    /** Flink's own bound on the groups that keys are put into. */
    private static final int MOST_KEY_GROUPS = 1 << 15;

    private static final List<String> RESTART_STRATEGIES = Arrays.stream(
                    RestartStrategyOptions.RestartStrategyType.values())
            .flatMap(type -> type.getAllAvailableValues().stream())
            .sorted()
            .toList();

    /** Settings of the warehouse itself, with their values. */
    private static final Map<String, List<String>> OWN =
            Map.of("olap.lane", List.of("auto", "native", "flink"), "olap.result-cache", List.of("on", "off"));

    private static final Map<String, Known> KNOWN = known(
            TableConfigOptions.class,
            ExecutionConfigOptions.class,
            OptimizerConfigOptions.class,
            HiveOptions.class,
            CoreOptions.class,
            PipelineOptions.class,
            ExecutionOptions.class,
            CheckpointingOptions.class,
            RestartStrategyOptions.class);

    private final List<String> allowed;
    private final ParallelismBound parallelism;

    public SettingBounds(CatalogConfig config) {
        this.allowed = config.allowedSettings();
        this.parallelism = new ParallelismBound(config);
    }

    /**
     * Checks one change.
     *
     * @throws WarehouseException SETTING_NOT_ALLOWED, SETTING_INVALID
     */
    public void check(String key, String value) {
        checkKey(key);
        if (key.equals(Cut.SETTING)) {
            checkCut(value);
            return;
        }
        if (key.equals(Consistency.SETTING)) {
            checkConsistency(value);
            return;
        }
        if (OWN.containsKey(key)) {
            checkOneOf(key, value, OWN.get(key));
            return;
        }
        Known known = KNOWN.get(key);
        if (known == null) {
            parallelism.check(key, value);
            return;
        }
        ConfigOption<?> option = known.option();
        Object read = read(known, key, value);
        switch (option.key()) {
            case "execution.runtime-mode" -> checkMode(value);
            case "table.sql-dialect" ->
                checkOneOf(
                        key,
                        value,
                        Arrays.stream(SqlDialect.values()).map(Enum::name).toList());
            case "table.local-time-zone" -> checkZone(key, value);
            case "restart-strategy.type" -> checkOneOf(key, value, RESTART_STRATEGIES);
            case "execution.checkpointing.interval", "execution.checkpointing.timeout" ->
                checkAtLeast(key, value, (Duration) read);
            case "pipeline.max-parallelism" -> checkRange(key, value, (Integer) read, MOST_KEY_GROUPS, option);
            default -> {
                if (read instanceof Integer number && ParallelismBound.counts(key)) {
                    checkRange(key, value, number, parallelism.max(), option);
                }
            }
        }
    }

    /**
     * Checks that a setting may be changed at all.
     *
     * @throws WarehouseException SETTING_NOT_ALLOWED
     */
    public void checkKey(String key) {
        for (String pattern : allowed) {
            boolean matches = pattern.endsWith("*")
                    ? key.startsWith(pattern.substring(0, pattern.length() - 1))
                    : key.equals(pattern);
            if (matches) {
                return;
            }
        }
        throw new WarehouseException(
                CatalogError.SETTING_NOT_ALLOWED,
                "The setting '" + key + "' cannot be changed by a session. The configuration's sql.settings names those"
                        + " that can.");
    }

    private static Object read(Known known, String key, String value) {
        try {
            return Configuration.fromMap(Map.of(key, value)).get(known.option());
        } catch (IllegalArgumentException e) {
            throw invalid(key, value, kind(known.type()), e);
        }
    }

    private static void checkMode(String value) {
        if (!"batch".equals(value.strip().toLowerCase(Locale.ROOT))) {
            throw new WarehouseException(
                    CatalogError.SETTING_NOT_ALLOWED,
                    "A session reads bounded tables, so 'execution.runtime-mode' is 'batch' and cannot be '" + value
                            + "'. A statement that runs on is a job: weir job apply FILE.");
        }
    }

    private static void checkOneOf(String key, String value, List<String> names) {
        List<String> lower =
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        if (!lower.contains(value.toLowerCase(Locale.ROOT))) {
            throw invalid(key, value, "one of " + String.join(", ", lower), null);
        }
    }

    private static void checkConsistency(String value) {
        try {
            Consistency.parse(value);
        } catch (IllegalArgumentException e) {
            throw invalid(Consistency.SETTING, value, "'latest', 'strong', or 'strong within 30 s' (ms, s, min, h)", e);
        }
    }

    private static void checkCut(String value) {
        try {
            Cut.check(value);
        } catch (IllegalArgumentException e) {
            throw invalid(
                    Cut.SETTING,
                    value,
                    "tables at snapshots, such as 'dw.orders@7, dw.customers@12', or '" + Cut.OF_QUERY
                            + "' and the id of a statement, or '" + Cut.OF_FLOW + "' and a flow's name",
                    e);
        }
    }

    private static void checkZone(String key, String value) {
        TableConfig probe = TableConfig.getDefault();
        probe.set(TableConfigOptions.LOCAL_TIME_ZONE, value);
        try {
            probe.getLocalTimeZone();
        } catch (DateTimeException | ValidationException | IllegalArgumentException e) {
            throw invalid(key, value, "a time zone such as Europe/Berlin or GMT+02:00, or 'default'", e);
        }
    }

    private static void checkAtLeast(String key, String value, Duration read) {
        if (read.compareTo(SHORTEST_CHECKPOINTING) < 0) {
            throw invalid(key, value, "a duration of at least " + SHORTEST_CHECKPOINTING.toMillis() + " ms", null);
        }
    }

    private static void checkRange(String key, String value, int read, int most, ConfigOption<?> option) {
        boolean isDefault = option.hasDefaultValue() && option.defaultValue().equals(read);
        if (!isDefault && (read < 1 || read > most)) {
            throw invalid(key, value, "a whole number from 1 to " + most, null);
        }
    }

    private static WarehouseException invalid(String key, String value, String kind, Throwable cause) {
        return new WarehouseException(
                CatalogError.SETTING_INVALID, "'" + key + "' cannot be '" + value + "': it is " + kind + ".", cause);
    }

    private static String kind(Type type) {
        if (type instanceof Class<?> constants && constants.isEnum()) {
            return "one of "
                    + Arrays.stream(constants.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        } else if (type == Duration.class) {
            return "a duration such as '10 s'";
        } else if (type == MemorySize.class) {
            return "a size such as '64 mb'";
        } else if (type == Boolean.class) {
            return "true or false";
        } else if (type == Integer.class || type == Long.class) {
            return "a whole number";
        } else if (type == Double.class || type == Float.class) {
            return "a number";
        }
        return "of another kind; see Flink's documentation";
    }

    private static Map<String, Known> known(Class<?>... owners) {
        Map<String, Known> known = new HashMap<>();
        for (Class<?> owner : owners) {
            for (Field field : owner.getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
                    Known found = Known.of(field);
                    known.put(found.option().key(), found);
                    found.option().fallbackKeys().forEach(other -> known.putIfAbsent(other.getKey(), found));
                }
            }
        }
        return Map.copyOf(known);
    }

    /** An option of Flink's with the type of its values, which the option itself keeps private. */
    private record Known(ConfigOption<?> option, Type type) {
        static Known of(Field field) {
            try {
                return new Known(
                        (ConfigOption<?>) field.get(null),
                        ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0]);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("a public option cannot be read: " + field, e);
            }
        }
    }
}
