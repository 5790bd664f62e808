package dev.weirhouse.server.demo;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * What a query answered.
 *
 * @param rows values as texts, {@link #NULL} for none
 * @param took from the question to the last row
 */
record Answer(List<Column> columns, List<List<String>> rows, Duration took) {

    static final String NULL = "NULL";

    /** An order in which rows of two origins can be laid side by side. */
    static final Comparator<List<String>> BY_TEXT = Comparator.comparing(row -> String.join("\n", row));

    Answer {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
    }

    record Column(String name, Alignment alignment) {}

    enum Alignment {
        TEXT,
        NUMBER
    }

    /** The same columns with the first rows alone. */
    Answer first(int count) {
        return new Answer(columns, rows.subList(0, Math.min(count, rows.size())), took);
    }

    /** The only value of the only row. */
    String value() {
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            throw new IllegalStateException("One value was asked for and the answer is " + rows);
        }
        return rows.get(0).get(0);
    }

    long number() {
        return Long.parseLong(value());
    }
}
