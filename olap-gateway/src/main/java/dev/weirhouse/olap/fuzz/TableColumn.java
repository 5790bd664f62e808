package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A column of a table that is drawn.
 *
 * @param type as Flink writes it
 * @param values what a row may have in it, as texts of SQL
 * @param rule which of them a row has
 */
record TableColumn(String name, String type, List<String> values, Rule rule) {

    /** The number of a row, which no two rows of a table share. */
    static final TableColumn ID = new TableColumn("id", "INT", List.of(), Rule.ID);

    /** Of so many drawn values one is NULL. */
    private static final int NULLS = 7;

    /** Which of its values a row has. */
    enum Rule {
        /** The row's id itself. */
        ID,
        /** Any, or NULL. */
        ANY,
        /** One that follows from the row's id: a lookup by key can name it. */
        OF_ID,
        /** One that follows from the row's id, another in the next commit: a row moves. */
        OF_ID_AND_COMMIT
    }

    TableColumn {
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
        requireNonNull(rule, "rule is null");
        values = List.copyOf(values);
    }

    Kind kind() {
        return NastyTable.kind(type);
    }

    TableColumn named(String other) {
        return new TableColumn(other, type, values, rule);
    }

    TableColumn typed(String other) {
        return new TableColumn(name, other, values, rule);
    }

    /** The same without the values that have this in their texts. */
    TableColumn without(String part) {
        return new TableColumn(
                name,
                type,
                values.stream().filter(value -> !value.contains(part)).toList(),
                rule);
    }

    /** How a CREATE TABLE declares it. */
    String declaration() {
        return name + " " + type;
    }

    /** The value of a row whose value is not drawn, as a text of SQL. */
    String valueOf(int id, int commit) {
        return switch (rule) {
            case ID -> String.valueOf(id);
            case OF_ID -> values.get(id % values.size());
            case OF_ID_AND_COMMIT -> values.get((id + commit) % values.size());
            case ANY -> throw new IllegalArgumentException(name + " has any value");
        };
    }

    /** A value for a row, cast to the column's type. */
    String value(int id, int commit, Draw draw) {
        if (rule == Rule.ID) {
            return valueOf(id, commit);
        }
        String value = rule != Rule.ANY ? valueOf(id, commit) : draw.oneIn(NULLS) ? "NULL" : draw.pick(values);
        return "CAST(" + value + " AS " + type + ")";
    }
}
