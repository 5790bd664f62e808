package dev.weirhouse.batch;

import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a script ended.
 *
 * @param id the id of its run
 * @param script the script's name
 * @param state a final one
 * @param statements all of them, in order
 * @param error why it failed; its text says in which statement and where in the script's text
 * @param waited from its submission to its first statement
 * @param took from its first statement to its end
 */
public record ScriptOutcome(
        String id,
        String script,
        ScriptState state,
        List<StatementStatus> statements,
        Optional<WarehouseException> error,
        Instant submitted,
        Duration waited,
        Duration took) {
    public ScriptOutcome {
        statements = List.copyOf(statements);
    }
}
