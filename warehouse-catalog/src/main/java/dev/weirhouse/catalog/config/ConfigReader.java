package dev.weirhouse.catalog.config;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads configuration records from dotted keys with text. Nothing is read halfway: either every record is there, or one
 * {@link WarehouseException} with {@link CatalogError#CONFIG_INVALID} lists everything that is wrong, a line each.
 *
 * <p>Values may hold {@code ${NAME}} and {@code ${NAME:-default}}, which stand for environment variables and are
 * expanded once; <code>$${</code> is a plain <code>${</code>. Defaults declared by the records are expanded in the same way.
 */
public final class ConfigReader {

    private final Map<String, String> values;
    private final Environment environment;
    private final Map<String, ConfigKey> claimed = new LinkedHashMap<>();
    private final TreeMap<String, String> shown = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private ConfigReader(Map<String, String> values, Map<String, String> environment) {
        this.values = new TreeMap<>(values);
        this.environment = new Environment(environment);
    }

    /**
     * Reads all records of a process at once.
     *
     * @param values dotted keys with their texts
     * @param environment what {@code ${NAME}} stands for, in a process {@link System#getenv()}
     * @throws WarehouseException {@code CONFIG_INVALID}, with every problem found
     * @throws IllegalArgumentException when a record is declared wrongly, which is a defect of the program
     */
    public static Configuration read(
            Map<String, String> values, Map<String, String> environment, List<Class<? extends Record>> types) {
        return new ConfigReader(values, environment).readAll(types);
    }

    /** Reads one record, with its defaults for the keys that {@code values} leaves out and an empty environment. */
    public static <R extends Record> R read(Class<R> type, Map<String, String> values) {
        return read(values, Map.of(), List.of(type)).get(type);
    }

    private Configuration readAll(List<Class<? extends Record>> types) {
        Map<Class<? extends Record>, List<ConfigKey>> declared = new LinkedHashMap<>();
        for (Class<? extends Record> type : types) {
            List<ConfigKey> keys = ConfigKey.declaredBy(requireNonNull(type, "type is null"));
            keys.forEach(this::claim);
            declared.put(type, keys);
        }
        findUnknownKeys();
        Map<Class<? extends Record>, Record> records = new LinkedHashMap<>();
        declared.forEach((type, keys) -> readRecord(type, keys).ifPresent(record -> records.put(type, record)));
        if (!problems.isEmpty()) {
            throw new WarehouseException(CatalogError.CONFIG_INVALID, report());
        }
        return new Configuration(records, shown);
    }

    private void claim(ConfigKey key) {
        ConfigKey other = claimed.putIfAbsent(key.name(), key);
        if (other != null) {
            throw new IllegalArgumentException("two settings claim the key " + key.name());
        }
    }

    private void findUnknownKeys() {
        for (String name : values.keySet()) {
            boolean known = claimed.values().stream().anyMatch(key -> key.covers(name));
            if (!known) {
                String nearest = NearestName.of(name, new TreeSet<>(claimed.keySet()))
                        .map(found -> "; did you mean '" + found + "'?")
                        .orElse("");
                problems.add("unknown key '" + name + "'" + nearest);
            }
        }
    }

    private <R extends Record> Optional<R> readRecord(Class<R> type, List<ConfigKey> keys) {
        int problemsBefore = problems.size();
        Object[] arguments = new Object[keys.size()];
        Class<?>[] parameterTypes = new Class<?>[keys.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = readValue(keys.get(i));
            parameterTypes[i] = keys.get(i).javaType();
        }
        if (problems.size() > problemsBefore) {
            return Optional.empty();
        }
        try {
            var constructor = type.getDeclaredConstructor(parameterTypes);
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(arguments));
        } catch (InvocationTargetException e) {
            // The record's own rules over several settings; what they refuse is the user's to mend.
            Throwable cause = e.getCause();
            problems.add(cause instanceof WarehouseException refused ? refused.detail() : cause.getMessage());
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot make a " + type.getName(), e);
        }
    }

    private Object readValue(ConfigKey key) {
        if (key.isMap()) {
            return readMap(key);
        }
        String given = values.getOrDefault(key.name(), key.defaultText());
        try {
            String text = environment.expand(given);
            Object value = key.parse(text);
            shown.put(key.name(), key.isSecret() ? hidden(text) : text);
            return value;
        } catch (IllegalArgumentException e) {
            problems.add(key.name() + ": " + e.getMessage());
            return null;
        }
    }

    private Map<String, String> readMap(ConfigKey key) {
        Map<String, String> below = new TreeMap<>();
        String prefix = key.name() + ".";
        values.forEach((name, given) -> {
            if (!key.covers(name)) {
                return;
            }
            try {
                if (name.equals(key.name())) {
                    if (!given.isBlank()) {
                        problems.add(name + ": takes keys below it, not a value");
                    }
                    return;
                }
                String text = environment.expand(given);
                below.put(name.substring(prefix.length()), text);
                shown.put(name, key.isSecret() ? hidden(text) : text);
            } catch (IllegalArgumentException e) {
                problems.add(name + ": " + e.getMessage());
            }
        });
        return below;
    }

    private static String hidden(String text) {
        return text.isEmpty() ? "" : "***";
    }

    private String report() {
        String head = problems.size() == 1
                ? "The configuration has a problem:"
                : "The configuration has " + problems.size() + " problems:";
        return head + "\n  - " + String.join("\n  - ", problems);
    }
}
