package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * Many queries as one, for a job of Flink's costs more than they do. Expressions over one table are the columns of one
 * query. Of whole queries the rows travel as texts, tagged with the query's place.
 */
final class Batch {

    private final Lane lane;

    Batch(Lane lane) {
        this.lane = lane;
    }

    /**
     * An outcome for each query; when they fail together, their halves are run.
     *
     * @param queries none with an order; all expressions over one table, or all whole queries
     */
    List<Outcome> run(List<Query> queries) {
        if (queries.isEmpty()) {
            return List.of();
        }
        if (queries.size() == 1) {
            return List.of(lane.run(queries.get(0).sql()));
        }
        boolean wide = queries.get(0).isExpression();
        if (lane.run(wide ? wide(queries) : united(queries)) instanceof Rows rows) {
            return wide ? columns(rows, queries.size()) : parted(rows, queries.size());
        }
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.addAll(run(queries.subList(0, queries.size() / 2)));
        outcomes.addAll(run(queries.subList(queries.size() / 2, queries.size())));
        return outcomes;
    }

    private static String wide(List<Query> queries) {
        StringBuilder sql = new StringBuilder("SELECT id");
        for (int i = 0; i < queries.size(); i++) {
            sql.append(", ").append(queries.get(i).expression()).append(" AS x").append(i);
        }
        return sql + " FROM " + queries.get(0).table();
    }

    /** Of each column an answer of its own, with the id before it. */
    private static List<Outcome> columns(Rows rows, int count) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            List<List<String>> own = new ArrayList<>();
            for (List<String> row : rows.rows()) {
                List<String> pair = new ArrayList<>();
                pair.add(row.get(0));
                pair.add(row.get(i));
                own.add(pair);
            }
            outcomes.add(new Rows(List.of(rows.columns().get(0), rows.columns().get(i)), own));
        }
        return outcomes;
    }

    private static String united(List<Query> queries) {
        int width = queries.stream().mapToInt(Query::columns).max().orElseThrow();
        List<String> parts = new ArrayList<>();
        for (Query query : queries) {
            StringBuilder part =
                    new StringBuilder("SELECT CAST('" + parts.size() + "." + query.columns() + "' AS STRING) AS q");
            for (int i = 0; i < width; i++) {
                part.append(i < query.columns() ? ", CAST(c" + i + " AS STRING)" : ", CAST(NULL AS STRING)")
                        .append(" AS x")
                        .append(i);
            }
            parts.add(part + " FROM (" + query.sql() + ") b" + parts.size());
        }
        return String.join(" UNION ALL ", parts);
    }

    private static List<Outcome> parted(Rows rows, int count) {
        List<List<List<String>>> parted = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parted.add(new ArrayList<>());
        }
        for (List<String> row : rows.rows()) {
            String[] tag = row.get(0).split("\\.");
            parted.get(Integer.parseInt(tag[0])).add(row.subList(1, 1 + Integer.parseInt(tag[1])));
        }
        // The types are those of texts, and are asked for beside the rows.
        return parted.stream().<Outcome>map(own -> new Rows(List.of(), own)).toList();
    }
}
