package dev.weirhouse.lineage;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;

/**
 * The rows of a table that somebody asks for.
 *
 * @param values by column of the store's query, those that it is to have
 */
record Wanted(Map<String, String> values) {

    Wanted {
        values = new TreeMap<>(values);
    }

    /**
     * What is asked for of columns that have an index.
     *
     * @param asked by column of the table
     * @param alias of the store's table
     * @param columns those of them that have the same name there
     */
    static Wanted of(Map<String, String> asked, String alias, List<String> columns) {
        return new Wanted(columns.stream()
                .filter(asked::containsKey)
                .collect(Collectors.toMap(column -> alias + "." + column, asked::get)));
    }

    /** A condition in SQL. */
    String where() {
        return values.isEmpty()
                ? ""
                : values.keySet().stream()
                        .map(column -> column + " = :" + name(column))
                        .collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    /** Binds the values of the condition. */
    Query bind(Query query) {
        values.forEach((column, value) -> query.bind(name(column), value));
        return query;
    }

    private static String name(String column) {
        return "wanted_" + column.replace('.', '_');
    }
}
