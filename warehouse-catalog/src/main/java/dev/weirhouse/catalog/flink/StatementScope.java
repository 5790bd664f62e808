package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.TableName;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What one statement reads and writes, gathered while Flink compiles it on the thread that it was given to.
 *
 * <p>A table that a bounded statement reads is fixed to one snapshot when it is first met, and stays fixed for the whole
 * statement: a table joined with itself is one table.
 */
public final class StatementScope {

    private static final ThreadLocal<StatementScope> CURRENT = new ThreadLocal<>();

    private final Map<String, Reading> readings = new TreeMap<>();
    private final Map<String, String> writings = new TreeMap<>();

    /** Runs an action with this scope as the thread's. */
    public <T> T run(Supplier<T> action) {
        StatementScope outer = CURRENT.get();
        CURRENT.set(this);
        try {
            return action.get();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    static StatementScope current() {
        StatementScope scope = CURRENT.get();
        return scope == null ? new StatementScope() : scope;
    }

    /** The snapshot that the statement reads of a version; asked for once. */
    OptionalLong snapshot(TableName table, String version, Supplier<OptionalLong> latest) {
        return readings.computeIfAbsent(table + "=" + version, key -> new Reading(latest.get()))
                .snapshot();
    }

    void writes(TableName table, String version) {
        writings.put(table.toString(), version);
    }

    /** The cut as a run records it: {@code dw.a=dw.a@7, dw.b=dw.b$branch_x@2; dw.out=dw.out}, what is read before what is written. */
    public String cut() {
        String read = readings.entrySet().stream()
                .map(entry -> entry.getKey()
                        + (entry.getValue().snapshot().isPresent()
                                ? "@" + entry.getValue().snapshot().getAsLong()
                                : ""))
                .collect(Collectors.joining(", "));
        String written = writings.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(", "));
        return written.isEmpty() ? read : read + "; " + written;
    }

    private record Reading(OptionalLong snapshot) {}
}
