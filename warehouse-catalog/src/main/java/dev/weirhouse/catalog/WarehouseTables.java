package dev.weirhouse.catalog;

import static org.apache.flink.table.api.DataTypes.BIGINT;
import static org.apache.flink.table.api.DataTypes.FIELD;
import static org.apache.flink.table.api.DataTypes.INT;
import static org.apache.flink.table.api.DataTypes.ROW;
import static org.apache.flink.table.api.DataTypes.STRING;
import static org.apache.flink.table.api.DataTypes.TIMESTAMP_LTZ;

import dev.weirhouse.catalog.flink.SystemTable;
import dev.weirhouse.catalog.flink.SystemTables;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.PaimonTables.TableState;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.RevisionRow;
import dev.weirhouse.catalog.state.RunRow;
import dev.weirhouse.catalog.state.SessionRow;
import dev.weirhouse.catalog.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** The ground floor's own tables, such as {@code weir.jobs}, {@code weir.runs} and {@code weir.tables}. */
final class WarehouseTables {

    /** How many rows of history a system table shows, the newest first. */
    private static final int MAX_ROWS = 10_000;

    private WarehouseTables() {}

    static void register(SystemTables tables, StateStore state, WarehouseCatalog catalog) {
        tables.register(new SystemTable(
                "sessions",
                "Sessions, open ones first.",
                ROW(
                        FIELD("session_id", STRING().notNull()),
                        FIELD("principal", STRING().notNull()),
                        FIELD("source", STRING().notNull()),
                        FIELD("tags", STRING().notNull()),
                        FIELD("door", STRING().notNull()),
                        FIELD("opened_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("closed_at", TIMESTAMP_LTZ(3))),
                () -> state.sessions().newest(MAX_ROWS).stream()
                        .map(WarehouseTables::session)
                        .toList()));
        tables.register(new SystemTable(
                "boundaries",
                "Where tables of flows stand at boundaries, the newest first.",
                ROW(
                        FIELD("flow", STRING().notNull()),
                        FIELD("boundary", BIGINT().notNull()),
                        FIELD("version", STRING().notNull()),
                        FIELD("snapshot_id", BIGINT().notNull()),
                        FIELD("created_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("confirmed_at", TIMESTAMP_LTZ(3).notNull())),
                () -> state.flows().newestPlaces(MAX_ROWS).stream()
                        .map(WarehouseTables::place)
                        .toList()));
        tables.register(new SystemTable(
                "jobs",
                "Jobs with their state; last those outside the warehouse that told of themselves.",
                ROW(
                        FIELD("job_id", STRING().notNull()),
                        FIELD("name", STRING().notNull()),
                        FIELD("lane", STRING().notNull()),
                        FIELD("principal", STRING().notNull()),
                        FIELD("source", STRING().notNull()),
                        FIELD("tags", STRING().notNull()),
                        FIELD("revision", INT().notNull()),
                        FIELD("state", STRING().notNull()),
                        FIELD("created_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("updated_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("owner_instance", STRING()),
                        FIELD("epoch", BIGINT().notNull()),
                        FIELD("attempt", BIGINT().notNull()),
                        FIELD("flink_job_id", STRING()),
                        FIELD("restored_from", STRING()),
                        FIELD("run_id", STRING()),
                        FIELD("error", STRING())),
                () -> Stream.concat(
                                state.jobs().all().stream().map(WarehouseTables::job),
                                state.foreign().jobs(MAX_ROWS).stream().map(ForeignRows::job))
                        .toList()));
        tables.register(new SystemTable(
                "revisions",
                "Texts of jobs that were applied, the newest first.",
                ROW(
                        FIELD("job_id", STRING().notNull()),
                        FIELD("revision", INT().notNull()),
                        FIELD("sql_text", STRING().notNull()),
                        FIELD("principal", STRING().notNull()),
                        FIELD("source", STRING().notNull()),
                        FIELD("tags", STRING().notNull()),
                        FIELD("created_at", TIMESTAMP_LTZ(3).notNull())),
                () -> state.jobs().newestRevisions(MAX_ROWS).stream()
                        .map(WarehouseTables::revision)
                        .toList()));
        tables.register(new SystemTable(
                "runs",
                "Executions of jobs and statements, the newest first; last those of jobs outside the warehouse.",
                ROW(
                        FIELD("run_id", STRING().notNull()),
                        FIELD("lane", STRING().notNull()),
                        FIELD("kind", STRING().notNull()),
                        FIELD("job_id", STRING()),
                        FIELD("revision", INT()),
                        FIELD("session_id", STRING()),
                        FIELD("principal", STRING().notNull()),
                        FIELD("source", STRING().notNull()),
                        FIELD("tags", STRING().notNull()),
                        FIELD("door", STRING().notNull()),
                        FIELD("dialect", STRING().notNull()),
                        FIELD("sql_text", STRING().notNull()),
                        FIELD("cut", STRING().notNull()),
                        FIELD("derivation_id", STRING()),
                        FIELD("state", STRING().notNull()),
                        FIELD("started_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("finished_at", TIMESTAMP_LTZ(3)),
                        FIELD("affected_rows", BIGINT()),
                        FIELD("flink_job_id", STRING()),
                        FIELD("error_code", STRING()),
                        FIELD("error", STRING())),
                () -> Stream.concat(
                                state.runs().newest(MAX_ROWS).stream().map(WarehouseTables::run),
                                state.foreign().runs(MAX_ROWS).stream().map(ForeignRows::run))
                        .toList()));
        tables.register(new SystemTable(
                "tables",
                "Tables and views with the version behind each name and its newest snapshot.",
                ROW(
                        FIELD("database_name", STRING().notNull()),
                        FIELD("table_name", STRING().notNull()),
                        FIELD("table_type", STRING().notNull()),
                        FIELD("version", STRING()),
                        FIELD("snapshot_id", BIGINT()),
                        FIELD("committed_at", TIMESTAMP_LTZ(3)),
                        FIELD("records", BIGINT())),
                () -> tables(catalog)));
    }

    /** The records in a table's newest snapshot. */
    static Optional<Long> records(WarehouseCatalog catalog, TableName table) {
        return state(catalog, table).map(TableState::records);
    }

    private static List<RowData> tables(WarehouseCatalog catalog) {
        CatalogMetadata metadata = new CatalogMetadata(catalog);
        List<RowData> rows = new ArrayList<>();
        for (String database : metadata.databases()) {
            for (CatalogMetadata.TableEntry entry : metadata.tables(database)) {
                Optional<TableState> state = entry.type() == CatalogMetadata.TableType.TABLE
                        ? state(catalog, entry.name())
                        : Optional.empty();
                String version = entry.type() == CatalogMetadata.TableType.TABLE
                        ? catalog.versioned().version(entry.name()).toString()
                        : null;
                rows.add(GenericRowData.of(
                        text(database),
                        text(entry.name().table()),
                        text(entry.type().label()),
                        text(version),
                        state.map(TableState::snapshotId).orElse(null),
                        state.map(found -> TimestampData.fromEpochMillis(found.committedAt()))
                                .orElse(null),
                        state.map(TableState::records).orElse(null)));
            }
        }
        return rows;
    }

    private static Optional<TableState> state(WarehouseCatalog catalog, TableName table) {
        return PaimonTables.state(catalog.versioned(), table);
    }

    private static RowData place(FlowStore.Place place) {
        return GenericRowData.of(
                text(place.flow()),
                place.boundary().number(),
                text(place.version()),
                place.snapshot(),
                TimestampData.fromEpochMillis(place.boundary().createdAt()),
                TimestampData.fromEpochMillis(place.boundary().confirmedAt()));
    }

    private static RowData session(SessionRow session) {
        return GenericRowData.of(
                text(session.id()),
                text(session.caller().principal()),
                text(session.caller().source()),
                text(String.join(",", session.caller().tags())),
                text(session.caller().door().name()),
                TimestampData.fromEpochMillis(session.openedAt()),
                time(session.closedAt()));
    }

    private static RowData job(JobRow job) {
        return GenericRowData.of(
                text(job.id()),
                text(job.name()),
                text(job.lane().name()),
                text(job.caller().principal()),
                text(job.caller().source()),
                text(String.join(",", job.caller().tags())),
                job.revision(),
                text(job.state().name()),
                TimestampData.fromEpochMillis(job.createdAt()),
                TimestampData.fromEpochMillis(job.updatedAt()),
                text(job.ownerInstance()),
                job.epoch(),
                job.attempt(),
                text(job.flinkJobId()),
                text(job.restorePath()),
                text(job.runId()),
                text(job.error()));
    }

    private static RowData revision(RevisionRow revision) {
        return GenericRowData.of(
                text(revision.jobId()),
                revision.revision(),
                text(RecordedText.of(revision.sql())),
                text(revision.caller().principal()),
                text(revision.caller().source()),
                text(String.join(",", revision.caller().tags())),
                TimestampData.fromEpochMillis(revision.createdAt()));
    }

    private static RowData run(RunRow run) {
        return GenericRowData.of(
                text(run.id()),
                text(run.lane().name()),
                text(run.kind().name()),
                text(run.jobId()),
                run.revision().isPresent() ? run.revision().getAsInt() : null,
                text(run.sessionId()),
                text(run.caller().principal()),
                text(run.caller().source()),
                text(String.join(",", run.caller().tags())),
                text(run.caller().door().name()),
                text(run.dialect().name()),
                text(run.statement()),
                text(run.cut()),
                text(run.derivation()),
                text(run.state().name()),
                TimestampData.fromEpochMillis(run.startedAt()),
                time(run.finishedAt()),
                run.affectedRows().isPresent() ? run.affectedRows().getAsLong() : null,
                text(run.flinkJobId()),
                text(run.errorCode()),
                text(run.error()));
    }

    private static TimestampData time(OptionalLong millis) {
        return millis.isPresent() ? TimestampData.fromEpochMillis(millis.getAsLong()) : null;
    }

    private static StringData text(String value) {
        return StringData.fromString(value);
    }

    private static StringData text(Optional<String> value) {
        return StringData.fromString(value.orElse(null));
    }
}
