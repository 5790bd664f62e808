package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What came of a query in one lane. */
public sealed interface Outcome {

    /**
     * A column of an answer.
     *
     * @param type as Flink writes it, without its nullability
     */
    record Column(String type, boolean nullable) {
        public Column {
            requireNonNull(type, "type is null");
        }
    }

    /**
     * An answer. Values are texts as Flink casts them to STRING, or null.
     *
     * @param columns empty where it ran together with others, which hides the types, until they are asked for
     */
    record Rows(List<Column> columns, List<List<String>> rows) implements Outcome {
        public Rows {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }
    }

    /** The lane does not take the query. */
    record Refused(String reason) implements Outcome {}

    /** The query failed. */
    record Failed(Failure failure, String message) implements Outcome {}

    /** How a query failed. */
    enum Failure {
        /** It is no valid query, or not one that the planner can plan. */
        STATEMENT,
        /** Its data do not allow an answer: an overflow, a division by zero, a value that the lane leaves to Flink. */
        DATA,
        /** Flink's own code broke: a null pointer, an assertion, generated code that does not compile. */
        DEFECT,
        /** What the translator wrote is no valid SQL for the engine. */
        TRANSLATION;

        private static final List<String> DEFECTS = List.of(
                "NullPointerException",
                "Cannot invoke \"",
                "AssertionError",
                "CompileException",
                "CodeGenException",
                "ClassCastException",
                "UnsupportedOperationException",
                "TableException",
                "IndexOutOfBoundsException");

        /** Whether what Flink says of a failure is of its own code rather than of the data. */
        public static boolean isDefect(String message) {
            return DEFECTS.stream().anyMatch(message::contains);
        }
    }
}
