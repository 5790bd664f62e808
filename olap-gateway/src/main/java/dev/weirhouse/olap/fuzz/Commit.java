package dev.weirhouse.olap.fuzz;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one statement adds to a table: rows whose ids count up, no two of one id, for the order within a statement is not
 * given.
 *
 * @param number counts from 0
 */
record Commit(int number, int firstId, int rows) {

    /** The statement. */
    String into(String table, List<TableColumn> columns, Draw draw) {
        return "INSERT INTO " + table + " VALUES "
                + IntStream.range(firstId, firstId + rows)
                        .mapToObj(id -> columns.stream()
                                .map(column -> column.value(id, number, draw))
                                .collect(Collectors.joining(", ", "(", ")")))
                        .collect(Collectors.joining(", "));
    }
}
