package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Digest;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.QueryText;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.RunLog.Ended;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A statement that changed nothing and is over; times in milliseconds since 1970 UTC.
 *
 * @param shape what statements have in common that differ in blanks, comments and literals alone, as a digest
 * @param answeredBy what computed its answer; empty where nothing did
 * @param cut as a run has it
 * @param rows how many were answered; empty when that is not known
 */
public record LoggedQuery(
        String id,
        Lane lane,
        Optional<String> sessionId,
        Caller caller,
        Dialect dialect,
        StatementKind kind,
        String statement,
        String shape,
        Optional<AnsweredBy> answeredBy,
        String cut,
        Optional<String> derivation,
        RunState state,
        long startedAt,
        long finishedAt,
        OptionalLong rows,
        Optional<String> errorCode,
        Optional<String> error) {

    private static final int SHAPE_DIGITS = 16;

    public LoggedQuery {
        requireNonNull(id, "id is null");
        requireNonNull(shape, "shape is null");
    }

    static LoggedQuery of(String id, RunStart run, long startedAt, RunEnd end, long finishedAt) {
        return new LoggedQuery(
                id,
                run.lane(),
                run.sessionId(),
                run.caller(),
                run.dialect(),
                run.kind(),
                run.statement(),
                shape(run.statement()),
                run.answeredBy(),
                run.cut(),
                run.derivation(),
                end.state(),
                startedAt,
                finishedAt,
                end.affectedRows(),
                end.errorCode(),
                end.error());
    }

    /** A run of the table that ended now. */
    static LoggedQuery of(RunRow run, Ended ended) {
        return of(run.id(), run.start(), run.startedAt(), ended.end(), ended.at());
    }

    /** A run of the table that is over. */
    static LoggedQuery of(RunRow run) {
        RunEnd end = new RunEnd(run.state(), run.affectedRows(), run.errorCode(), run.error());
        return of(run.id(), run.start(), run.startedAt(), end, run.finishedAt().orElse(run.startedAt()));
    }

    private static String shape(String statement) {
        return Digest.of(QueryText.of(statement).skeleton()).substring(0, SHAPE_DIGITS);
    }
}
