package dev.weirhouse.consistency;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.diff.DiffReport;
import dev.weirhouse.consistency.diff.OpenRelation;
import dev.weirhouse.consistency.diff.SourceDiff;
import dev.weirhouse.consistency.diff.SourceTable;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares a table with the one of a source database that it is a copy of. The database is read at a position first and the table
 * at its newest snapshot then, so that the table may be as new. Where they differ, rows that are still on their way are told
 * apart by a second look ({@link SourceDiff}). Thread-safe.
 */
final class SourceComparison {

    private final Warehouse warehouse;
    private final Map<String, String> sources;

    /** @param sources JDBC URLs by what the databases are called */
    SourceComparison(Warehouse warehouse, Map<String, String> sources) {
        this.warehouse = warehouse;
        this.sources = Map.copyOf(sources);
    }

    /**
     * What is asked.
     *
     * @param table of the warehouse; with a moment it is looked at once
     * @param source what the database is called
     * @param sourceTable as the database calls it
     * @param columns that are compared; none for all
     * @param settle how long a row may be on its way; zero: the table is looked at once
     */
    record Question(Relation table, String source, String sourceTable, List<String> columns, Duration settle) {
        Question {
            columns = List.copyOf(columns);
        }

        private boolean looksAgain() {
            return !settle.isZero() && table.snapshot().isEmpty() && table.tag().isEmpty();
        }

        @Override
        public String toString() {
            return table + " with " + source + ":" + sourceTable;
        }
    }

    /**
     * The database's URL.
     *
     * @throws WarehouseException SOURCE_NOT_FOUND
     */
    String url(String source) {
        String url = sources.get(source);
        if (url == null) {
            throw new WarehouseException(
                    CheckError.SOURCE_NOT_FOUND,
                    "There is no source database '" + source + "'. "
                            + (sources.isEmpty()
                                    ? "None is configured: see check.sources.* in the configuration."
                                    : "There are: "
                                            + String.join(
                                                    ", ",
                                                    sources.keySet().stream()
                                                            .sorted()
                                                            .toList()) + "."));
        }
        return url;
    }

    Finding run(Question question, Limits limits, Caller caller, Checks.PlaceOf place, Work work) {
        SourceDiff diff = new SourceDiff(question.columns(), limits, work::goOn);
        try (Session session = warehouse.gate().open(caller, Gate.Mode.BATCH)) {
            Finding first = look(question, diff, session, place, work);
            if (first.state() == CheckState.PASSED || !question.looksAgain() || !diff.canLookAgain()) {
                return first;
            }
            work.pause(question.settle());
            return look(question, diff, session, place, work);
        }
    }

    private Finding look(Question question, SourceDiff diff, Session session, Checks.PlaceOf place, Work work) {
        try (SourceTable source = SourceTable.open(
                        question.source(), url(question.source()), question.sourceTable(), work::cancelling);
                OpenRelation table = OpenRelation.open(warehouse, session, question.table())) {
            DiffReport report = diff.look(table, source);
            return Finding.of(
                            report.differences(),
                            table.cut() + ", " + source.place(),
                            message(report, diff, question),
                            Optional.of(Evidence.json(report)))
                    .at(place.of(table));
        }
    }

    private static String message(DiffReport report, SourceDiff diff, Question question) {
        String differences = report.agrees() ? "They are the same." : report.differences() + " differences.";
        return diff.onTheWay() == 0
                ? differences
                : differences + " " + diff.onTheWay() + " other rows differ that the database has had for less than "
                        + question.settle().toMillis() + " ms.";
    }
}
