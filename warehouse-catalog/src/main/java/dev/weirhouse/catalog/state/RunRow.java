package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.StatementUses;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One execution of a job or statement; times in milliseconds since 1970 UTC.
 *
 * @param cut for each table read and written, the version that its name stood for, as {@code name=version} in order of
 *     names, with the snapshot where the reading is of one ({@code dw.orders=dw.orders@12}); a table read at several moments
 *     stands there with each
 * @param affectedRows rows written; empty when not known
 */
public record RunRow(
        String id,
        Lane lane,
        StatementKind kind,
        Optional<String> jobId,
        OptionalInt revision,
        Optional<String> sessionId,
        String instanceId,
        Caller caller,
        Dialect dialect,
        String statement,
        String cut,
        Optional<String> derivation,
        Optional<AnsweredBy> answeredBy,
        RunState state,
        long startedAt,
        OptionalLong finishedAt,
        OptionalLong affectedRows,
        Optional<String> flinkJobId,
        Optional<String> errorCode,
        Optional<String> error) {

    /** What was known of it when it began, but for its edges. */
    RunStart start() {
        return new RunStart(
                lane,
                kind,
                jobId,
                revision,
                sessionId,
                caller,
                dialect,
                statement,
                cut,
                StatementUses.NONE,
                derivation,
                answeredBy);
    }
}
