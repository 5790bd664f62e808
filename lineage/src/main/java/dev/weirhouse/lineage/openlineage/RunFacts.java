package dev.weirhouse.lineage.openlineage;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.RunState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What events tell of a run; times in milliseconds since 1970 UTC.
 *
 * @param job the name of the streaming job that it is of
 * @param script the script that it is a step of
 * @param answeredBy what computed a query's answer
 * @param inputs what it reads, each with its version where that is one: {@code branch@snapshot}
 * @param outputs what it writes
 * @param written what it committed so far, by output
 * @param columns which columns of its outputs derive from which of its inputs
 */
record RunFacts(
        String id,
        Lane lane,
        StatementKind kind,
        Optional<String> job,
        Optional<Script> script,
        String principal,
        Dialect dialect,
        String statement,
        Optional<AnsweredBy> answeredBy,
        RunState state,
        long startedAt,
        OptionalLong finishedAt,
        Optional<String> error,
        Map<String, Optional<String>> inputs,
        List<String> outputs,
        List<Written> written,
        List<Derived> columns) {

    /** A script, whose statements are runs. */
    record Script(String id, String name) {}

    /**
     * That a column derives from another.
     *
     * @param targetColumn empty for all: what decides which rows there are
     * @param dependence {@link dev.weirhouse.lineage.Dependence} by name
     */
    record Derived(String target, String targetColumn, String source, String sourceColumn, String dependence) {}

    RunFacts {
        inputs = Map.copyOf(inputs);
        outputs = List.copyOf(outputs);
        written = List.copyOf(written);
        columns = List.copyOf(columns);
    }

    /** The same run before it committed anything. */
    RunFacts beginning() {
        return new RunFacts(
                id,
                lane,
                kind,
                job,
                script,
                principal,
                dialect,
                statement,
                answeredBy,
                state,
                startedAt,
                finishedAt,
                error,
                inputs,
                outputs,
                List.of(),
                columns);
    }

    /** Whether it goes on until somebody ends it. */
    boolean streams() {
        return lane == Lane.STREAM;
    }
}
