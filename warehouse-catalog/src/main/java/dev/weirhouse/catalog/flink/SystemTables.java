package dev.weirhouse.catalog.flink;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The tables of the database {@code weir}; each floor registers its own. Thread-safe. */
public final class SystemTables {

    private final Map<String, SystemTable> tables = new ConcurrentSkipListMap<>();

    private final Map<String, Runnable> stored = new ConcurrentSkipListMap<>();

    public void register(SystemTable table) {
        if (tables.putIfAbsent(table.name(), table) != null) {
            throw new IllegalStateException("registered twice: " + table.name());
        }
    }

    /** Takes a table away again, whose floor is closed. */
    public void remove(String name) {
        tables.remove(name);
    }

    /**
     * Registers a table that lies in the warehouse as others do.
     *
     * @param beforeRead brings it up to date, whenever a statement that reads it is planned
     */
    public void registerStored(String name, Runnable beforeRead) {
        stored.put(name, beforeRead);
    }

    /** Whether a table of this name lies in the warehouse. */
    public boolean isStored(String name) {
        return stored.containsKey(name);
    }

    /** Brings a table that lies in the warehouse up to date. */
    public void bringUpToDate(String name) {
        stored.getOrDefault(name, () -> {}).run();
    }

    /** All names, in order. */
    public List<String> names() {
        return Stream.concat(tables.keySet().stream(), stored.keySet().stream())
                .sorted()
                .toList();
    }

    public Optional<SystemTable> find(String name) {
        return Optional.ofNullable(tables.get(name));
    }
}
