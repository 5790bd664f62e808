package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.StatementUses;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a run when it begins.
 *
 * @param cut what it reads and writes, as a text
 * @param uses what it reads and writes, of a run that changes data; nothing for others, whose cut says enough
 * @param derivation what the run's output derives from, by the name that a {@link
 *     dev.weirhouse.catalog.StatementListener} gave it
 * @param answeredBy what computes its answer; empty of what is no query
 */
public record RunStart(
        Lane lane,
        StatementKind kind,
        Optional<String> jobId,
        OptionalInt revision,
        Optional<String> sessionId,
        Caller caller,
        Dialect dialect,
        String statement,
        String cut,
        StatementUses uses,
        Optional<String> derivation,
        Optional<AnsweredBy> answeredBy) {}
