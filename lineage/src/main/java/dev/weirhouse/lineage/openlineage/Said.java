package dev.weirhouse.lineage.openlineage;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.lineage.DerivedLines;
import dev.weirhouse.lineage.DerivedLines.Line;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the events of a foreign run, or of a job, say of datasets. What several say is put together, so that it does not matter
 * which came first, or twice.
 *
 * @param inputs what is read, by the names of this warehouse's graph
 * @param outputs what is written
 * @param resolved the outputs of which columns were told
 * @param rows how many were written, by output
 */
record Said(
        SortedSet<String> inputs,
        SortedSet<String> outputs,
        SortedSet<String> resolved,
        Map<String, Long> rows,
        SortedSet<Line> columns) {

    private static final int MOST_DATASETS = 1_000;
    private static final int MOST_EDGES = 10_000;

    /** The target of what is not written anywhere. */
    private static final String ANSWER = "";

    private static final String NO_COLUMNS = "its job tells no columns";

    Said {
        inputs = new TreeSet<>(inputs);
        outputs = new TreeSet<>(outputs);
        resolved = new TreeSet<>(resolved);
        rows = new TreeMap<>(rows);
        columns = new TreeSet<>(columns);
        requireBounded("inputs", inputs.size(), MOST_DATASETS);
        requireBounded("outputs", outputs.size(), MOST_DATASETS);
        requireBounded("inputs times outputs", (long) inputs.size() * Math.max(1, outputs.size()), MOST_EDGES);
        requireBounded("edges between columns", columns.size(), MOST_EDGES);
    }

    static Said nothing() {
        return new Said(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), Map.of(), new TreeSet<>());
    }

    private static void requireBounded(String what, long count, long most) {
        if (count > most) {
            throw new WarehouseException(
                    OpenLineageError.EVENT_TOO_LARGE,
                    "The run or job has " + count + " " + what + ", and may have " + most + ".");
        }
    }

    /** With what another event says; of numbers the larger one, which is the later one. */
    Said and(Said other) {
        SortedSet<String> allInputs = new TreeSet<>(inputs);
        allInputs.addAll(other.inputs);
        SortedSet<String> allOutputs = new TreeSet<>(outputs);
        allOutputs.addAll(other.outputs);
        SortedSet<String> allResolved = new TreeSet<>(resolved);
        allResolved.addAll(other.resolved);
        Map<String, Long> allRows = new TreeMap<>(rows);
        other.rows.forEach((output, count) -> allRows.merge(output, count, Math::max));
        SortedSet<Line> allColumns = new TreeSet<>(columns);
        allColumns.addAll(other.columns);
        return new Said(allInputs, allOutputs, allResolved, allRows, allColumns);
    }

    /** What derives from what. */
    DerivedLines lines() {
        SortedSet<Line> lines = new TreeSet<>(columns);
        Set<List<String>> tables = new LinkedHashSet<>();
        for (String target : outputs.isEmpty() ? List.of(ANSWER) : outputs) {
            for (String source : inputs) {
                tables.add(List.of(target, source));
                if (!resolved.contains(target)) {
                    lines.add(new Line(target, "", source, "", DerivedLines.UNREAD, NO_COLUMNS));
                }
            }
        }
        columns.forEach(line -> tables.add(List.of(line.target(), line.source())));
        return new DerivedLines(lines, tables);
    }
}
