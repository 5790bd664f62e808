package dev.weirhouse.catalog.flink;

import java.util.Map;

/** Tables that the connector of Flink CDC follows in PostgreSQL. */
final class PostgresTables {

    static final String CONNECTOR = "postgres-cdc";

    private PostgresTables() {}

    /**
     * Whether a job has read all that was committed up to its place in the log: the rows that were there when it began, and what
     * changed while they were copied.
     *
     * @param options of any table, with its hints
     */
    static boolean beginsWhole(Map<String, String> options) {
        return !CONNECTOR.equals(options.get("connector"))
                || options.getOrDefault("scan.startup.mode", "initial").equalsIgnoreCase("initial")
                        && !Boolean.parseBoolean(options.get("scan.incremental.snapshot.backfill.skip"));
    }
}
