package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Something to select from: a table, at its newest commit or an earlier one, a branch of one, or a view.
 *
 * @param name with a hint behind it where it is of an earlier commit
 * @param columns by kind, without {@code id}, which no two rows share
 * @param kinds of all its columns, in their order
 * @param key the columns of its primary key, {@code id} one of them; none if it has none
 */
record Table(String name, Scope columns, List<Kind> kinds, List<TableColumn> key) {

    Table {
        requireNonNull(name, "name is null");
        requireNonNull(columns, "columns are null");
        kinds = List.copyOf(kinds);
        key = List.copyOf(key);
    }

    /** @param key names of columns */
    static Table of(String name, List<TableColumn> columns, List<String> key) {
        Scope scope = new Scope();
        for (TableColumn column : columns) {
            if (!column.equals(TableColumn.ID)) {
                scope.add(column.kind(), column.name());
            }
        }
        return new Table(
                name,
                scope,
                columns.stream().map(TableColumn::kind).toList(),
                columns.stream().filter(column -> key.contains(column.name())).toList());
    }

    /** The same at another commit, with the same columns. */
    Table at(String option, String value) {
        return new Table(name + " /*+ OPTIONS('" + option + "' = '" + value + "') */", columns, kinds, key);
    }

    /** The same rows by another name. */
    Table named(String other) {
        return new Table(other, columns, kinds, List.of());
    }

    /** A hint stands before an alias, and Flink takes no list of columns after it. */
    boolean hasHint() {
        return name.endsWith("*/");
    }
}
