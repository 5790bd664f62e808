package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

/**
 * What one source of a streaming job reads.
 *
 * @param operatorId Flink's id of the source, 32 hexadecimal digits; empty for what no source reads
 * @param table what its rows are called
 * @param version what it reads of a table of the catalog, as Paimon writes it; otherwise as the table
 * @param reader one of the kinds below, whose positions are known; otherwise the name of the source's class
 */
public record StreamSource(String operatorId, String table, String version, String reader) {

    /** A Paimon table, read snapshot after snapshot by a source that hands out splits. */
    public static final String PAIMON = "paimon";

    /** A Paimon table whose snapshots one task watches, for others to read. */
    public static final String PAIMON_MONITOR = "paimon monitor";

    public static final String KAFKA = "kafka";

    /** Tables of PostgreSQL: a copy of them first, in pieces, then the changes in the log. */
    public static final String POSTGRES = "postgres";

    /** A table of which the text has only the rows read that come from some moment on. */
    public static final String LATER = "paimon, from a moment on";

    /** A table in which rows are looked up. */
    public static final String LOOKUP = "lookup";

    public StreamSource {
        requireNonNull(operatorId, "operatorId is null");
        requireNonNull(table, "table is null");
        requireNonNull(version, "version is null");
        requireNonNull(reader, "reader is null");
    }
}
