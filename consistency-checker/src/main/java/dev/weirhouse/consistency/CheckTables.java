package dev.weirhouse.consistency;

import static org.apache.flink.table.api.DataTypes.BIGINT;
import static org.apache.flink.table.api.DataTypes.FIELD;
import static org.apache.flink.table.api.DataTypes.ROW;
import static org.apache.flink.table.api.DataTypes.STRING;
import static org.apache.flink.table.api.DataTypes.TIMESTAMP_LTZ;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.flink.SystemTable;
import dev.weirhouse.catalog.flink.SystemTables;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** {@code weir.checks}, {@code weir.check_results}. */
final class CheckTables {

    private static final String CHECKS = "checks";
    private static final String RESULTS = "check_results";

    /** How many results are shown, the newest first. */
    private static final int MAX_ROWS = 10_000;

    private CheckTables() {}

    static void register(SystemTables tables, CheckStore store) {
        tables.register(new SystemTable(
                CHECKS,
                "Declared checks, each with its newest result.",
                ROW(
                        FIELD("name", STRING().notNull()),
                        FIELD("table_name", STRING()),
                        FIELD("kind", STRING().notNull()),
                        FIELD("rule", STRING().notNull()),
                        FIELD("run_by", STRING().notNull()),
                        FIELD("severity", STRING().notNull()),
                        FIELD("principal", STRING().notNull()),
                        FIELD("declared_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("state", STRING()),
                        FIELD("version", STRING()),
                        FIELD("snapshot_id", BIGINT()),
                        FIELD("violations", BIGINT()),
                        FIELD("message", STRING()),
                        FIELD("started_at", TIMESTAMP_LTZ(3)),
                        FIELD("finished_at", TIMESTAMP_LTZ(3)),
                        FIELD("result_id", STRING())),
                () -> store.all().stream()
                        .map(check -> check(
                                check, store.newest(check.name(), 1).stream().findFirst()))
                        .toList()));
        tables.register(new SystemTable(
                RESULTS,
                "How checks and comparisons went, the newest first.",
                ROW(
                        FIELD("result_id", STRING().notNull()),
                        FIELD("check_name", STRING()),
                        FIELD("kind", STRING().notNull()),
                        FIELD("subject", STRING().notNull()),
                        FIELD("cause", STRING().notNull()),
                        FIELD("severity", STRING().notNull()),
                        FIELD("principal", STRING().notNull()),
                        FIELD("state", STRING().notNull()),
                        FIELD("version", STRING()),
                        FIELD("snapshot_id", BIGINT()),
                        FIELD("committed_at", TIMESTAMP_LTZ(3)),
                        FIELD("cut", STRING().notNull()),
                        FIELD("violations", BIGINT()),
                        FIELD("measure", BIGINT()),
                        FIELD("message", STRING().notNull()),
                        FIELD("error_code", STRING()),
                        FIELD("evidence", STRING()),
                        FIELD("started_at", TIMESTAMP_LTZ(3).notNull()),
                        FIELD("finished_at", TIMESTAMP_LTZ(3))),
                () -> store.newest(MAX_ROWS).stream().map(CheckTables::result).toList()));
    }

    static void remove(SystemTables tables) {
        tables.remove(CHECKS);
        tables.remove(RESULTS);
    }

    private static RowData check(Check check, Optional<CheckResult> newest) {
        String times = check.trigger().text();
        return GenericRowData.of(
                text(check.name()),
                text(check.table().map(TableName::toString).orElse(null)),
                text(check.rule().kind()),
                text(check.rule().said()),
                text(check.trigger().kind() + (times.isEmpty() ? "" : " " + times)),
                text(check.severity().name()),
                text(check.caller().principal()),
                TimestampData.fromEpochMillis(check.declaredAt().toEpochMilli()),
                text(newest.map(result -> result.state().name()).orElse(null)),
                text(newest.flatMap(CheckResult::version).orElse(null)),
                newest.map(result -> number(result.snapshot())).orElse(null),
                newest.map(result -> number(result.violations())).orElse(null),
                text(newest.map(CheckResult::message).orElse(null)),
                newest.map(result -> TimestampData.fromEpochMillis(result.startedAt()))
                        .orElse(null),
                newest.map(result -> time(result.finishedAt())).orElse(null),
                text(newest.map(CheckResult::id).orElse(null)));
    }

    private static RowData result(CheckResult result) {
        return GenericRowData.of(
                text(result.id()),
                text(result.check().orElse(null)),
                text(result.kind()),
                text(result.subject()),
                text(result.cause().name()),
                text(result.severity().name()),
                text(result.principal()),
                text(result.state().name()),
                text(result.version().orElse(null)),
                number(result.snapshot()),
                time(result.committedAt()),
                text(result.cut()),
                number(result.violations()),
                number(result.measure()),
                text(result.message()),
                text(result.errorCode().orElse(null)),
                text(result.evidence().orElse(null)),
                TimestampData.fromEpochMillis(result.startedAt()),
                time(result.finishedAt()));
    }

    private static StringData text(String value) {
        return StringData.fromString(value);
    }

    private static Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static TimestampData time(OptionalLong millis) {
        return millis.isPresent() ? TimestampData.fromEpochMillis(millis.getAsLong()) : null;
    }
}
