package dev.weirhouse.lineage;

import static org.apache.flink.table.api.DataTypes.BIGINT;
import static org.apache.flink.table.api.DataTypes.BOOLEAN;
import static org.apache.flink.table.api.DataTypes.FIELD;
import static org.apache.flink.table.api.DataTypes.ROW;
import static org.apache.flink.table.api.DataTypes.STRING;
import static org.apache.flink.table.api.DataTypes.TIMESTAMP_LTZ;

import dev.weirhouse.catalog.flink.SystemTable;
import dev.weirhouse.catalog.flink.SystemTables;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** {@code weir.lineage_tables}, {@code weir.lineage_columns}, {@code weir.lineage_snapshots}. */
final class LineageTables {

    /** How many rows a system table shows, the newest first. */
    private static final int MAX_ROWS = 10_000;

    private LineageTables() {}

    static void register(SystemTables tables, Lineage lineage) {
        tables.register(new SystemTable(
                "lineage_tables",
                "Which table derives from which, the newest first.",
                ROW(
                        FIELD("target", STRING()),
                        FIELD("source", STRING().notNull()),
                        FIELD("derivation_id", STRING().notNull()),
                        FIELD("first_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("last_at", TIMESTAMP_LTZ(3)),
                        FIELD("last_run_id", STRING()),
                        FIELD("lane", STRING()),
                        FIELD("principal", STRING()),
                        FIELD("job", STRING())),
                asked ->
                        lineage
                                .tables(Wanted.of(asked, "t", List.of("target", "source", "derivation_id")), MAX_ROWS)
                                .stream()
                                .map(LineageTables::row)
                                .toList()));
        tables.register(new SystemTable(
                "lineage_columns",
                "Which column derives from which, and how, the newest first.",
                ROW(
                        FIELD("target", STRING()),
                        FIELD("target_column", STRING()),
                        FIELD("source", STRING().notNull()),
                        FIELD("source_column", STRING()),
                        FIELD("dependence", STRING()),
                        FIELD("direct", BOOLEAN()),
                        FIELD("reason", STRING()),
                        FIELD("derivation_id", STRING().notNull())),
                asked -> lineage
                        .columns(
                                Wanted.of(
                                        asked,
                                        "c",
                                        List.of("target", "target_column", "source", "source_column", "derivation_id")),
                                MAX_ROWS)
                        .stream()
                        .map(LineageTables::row)
                        .toList()));
        tables.register(new SystemTable(
                "lineage_snapshots",
                "Which run read which snapshot and added which, the newest first.",
                ROW(
                        FIELD("run_id", STRING().notNull()),
                        FIELD("direction", STRING().notNull()),
                        FIELD("table_name", STRING().notNull()),
                        FIELD("version", STRING().notNull()),
                        FIELD("snapshot_id", BIGINT()),
                        FIELD("position", STRING()),
                        FIELD("kind", STRING()),
                        FIELD("checkpoint_id", BIGINT()),
                        FIELD("rows_added", BIGINT()),
                        FIELD("rows_deleted", BIGINT()),
                        FIELD("bytes_added", BIGINT()),
                        FIELD("partitions", STRING()),
                        FIELD("class", STRING().notNull()),
                        FIELD("reason", STRING()),
                        FIELD("run_started_at", TIMESTAMP_LTZ(3).notNull())),
                asked -> lineage
                        .snapshots()
                        .newest(Wanted.of(asked, "edge", List.of("run_id", "table_name", "version")), MAX_ROWS)
                        .stream()
                        .map(LineageTables::row)
                        .toList()));
    }

    private static RowData row(TableEdge edge) {
        return GenericRowData.of(
                text(edge.target()),
                text(edge.source()),
                text(edge.derivation()),
                TimestampData.fromEpochMillis(edge.firstAt()),
                edge.run()
                        .map(run -> TimestampData.fromEpochMillis(run.startedAt()))
                        .orElse(null),
                text(edge.run().flatMap(LastRun::runId)),
                text(edge.run().map(run -> run.lane().map(Enum::name).orElse(Lineage.FOREIGN))),
                text(edge.run().map(LastRun::principal)),
                text(edge.run().flatMap(LastRun::job)));
    }

    private static RowData row(ColumnEdge edge) {
        return GenericRowData.of(
                text(edge.target()),
                text(edge.targetColumn()),
                text(edge.source()),
                text(edge.sourceColumn()),
                text(edge.dependence().map(Dependence::name)),
                edge.dependence().map(Dependence::isDirect).orElse(null),
                text(edge.reason()),
                text(edge.derivation()));
    }

    private static RowData row(SnapshotEdge edge) {
        return GenericRowData.of(
                text(edge.runId()),
                text(edge.written() ? "OUT" : "IN"),
                text(edge.table()),
                text(edge.version()),
                number(edge.snapshot()),
                text(edge.position()),
                text(edge.kind()),
                number(edge.checkpoint()),
                number(edge.rowsAdded()),
                number(edge.rowsDeleted()),
                number(edge.bytesAdded()),
                text(edge.partitions()),
                text(edge.exactness()),
                text(edge.reason()),
                TimestampData.fromEpochMillis(edge.startedAt()));
    }

    private static Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static StringData text(String value) {
        return StringData.fromString(value);
    }

    private static StringData text(Optional<String> value) {
        return StringData.fromString(value.orElse(null));
    }
}
