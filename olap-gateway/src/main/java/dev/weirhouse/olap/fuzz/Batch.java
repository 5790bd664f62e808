package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.List;

/** Many queries as one: their rows as texts, tagged with the query's place, for a job of Flink's costs more than they do. */
final class Batch {

    private final Lane lane;

    Batch(Lane lane) {
        this.lane = lane;
    }

    /** An outcome for each query; when the batch fails, its halves are run. */
    List<Outcome> run(List<Query> queries) {
        if (queries.size() == 1) {
            return List.of(lane.run(queries.get(0).sql()));
        }
        if (lane.run(sql(queries)) instanceof Rows rows) {
            return parted(rows, queries.size());
        }
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.addAll(run(queries.subList(0, queries.size() / 2)));
        outcomes.addAll(run(queries.subList(queries.size() / 2, queries.size())));
        return outcomes;
    }

    private static String sql(List<Query> queries) {
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
        return parted.stream().<Outcome>map(own -> new Rows(List.of(), own)).toList();
    }
}
