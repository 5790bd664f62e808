package dev.weirhouse.batch;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.SqlScript;
import dev.weirhouse.catalog.SqlScript.Bound;
import dev.weirhouse.catalog.SqlScript.Statement;
import dev.weirhouse.catalog.WarehouseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the runner does at a statement. Nothing in it depends on what earlier statements answer, so the whole script is
 * planned, and refused when a variable is missing, before anything runs.
 */
sealed interface ScriptStep {

    Bound bound();

    /** Hands the statement to the session. */
    record Execute(Bound bound) implements ScriptStep {}

    /** Changes a setting of the session: Hive's {@code set key=value}, whose value needs no quotes. */
    record Assign(Bound bound, String key, String value) implements ScriptStep {}

    /** Hive's definition of a variable, which the statements after it were bound with. */
    record Define(Bound bound) implements ScriptStep {}

    /** The steps of a script, at least one. */
    static List<ScriptStep> plan(Script script) {
        List<Statement> statements =
                SqlScript.parse(script.text(), script.dialect()).statements();
        if (statements.isEmpty()) {
            throw new WarehouseException(
                    BatchError.SCRIPT_EMPTY, "There is no statement in '%s'.".formatted(script.name()));
        }
        Map<String, String> variables = new HashMap<>(script.variables());
        List<ScriptStep> steps = new ArrayList<>(statements.size());
        for (Statement statement : statements) {
            Bound bound = statement.bind(variables);
            steps.add(statement.dialect() == Dialect.HIVE ? HiveSet.step(bound, variables) : new Execute(bound));
        }
        return List.copyOf(steps);
    }
}
