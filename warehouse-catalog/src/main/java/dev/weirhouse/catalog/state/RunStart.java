package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import java.util.Optional;
import java.util.OptionalInt;

/** What is known of a run when it begins. */
public record RunStart(
        Lane lane,
        StatementKind kind,
        Optional<String> jobId,
        OptionalInt revision,
        Optional<String> sessionId,
        Caller caller,
        Dialect dialect,
        String statement,
        String cut) {}
