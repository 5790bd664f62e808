package dev.weirhouse.catalog.flink;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The tables of the database {@code weir}; each floor registers its own. Thread-safe. */
public final class SystemTables {

    private final Map<String, SystemTable> tables = new ConcurrentSkipListMap<>();

    public void register(SystemTable table) {
        if (tables.putIfAbsent(table.name(), table) != null) {
            throw new IllegalStateException("registered twice: " + table.name());
        }
    }

    /** All names, in order. */
    public List<String> names() {
        return List.copyOf(tables.keySet());
    }

    public Optional<SystemTable> find(String name) {
        return Optional.ofNullable(tables.get(name));
    }
}
