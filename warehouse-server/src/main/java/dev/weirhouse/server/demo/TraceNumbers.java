package dev.weirhouse.server.demo;

import dev.weirhouse.server.cli.LineageDrawing;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

final class TraceNumbers implements Step {

    private static final String COLUMN = "dws.route_delay.mean_delay";

    @Override
    public String title() {
        return "Lineage: where a number comes from, in all three lanes";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        Story story = scene.story();
        story.say("$ weir lineage %s --direct", COLUMN);
        LineageDrawing.tree(scene.calls().lineage(COLUMN)).forEach(line -> story.note("%s", line));
        story.say("All columns of all tables, by the streams, the script in Hive's dialect and the query over JDBC:");
        Answer found = scene.ask(
                """
                SELECT COALESCE(target, 'answer'), COALESCE(target_column, '*'), source, source_column, dependence
                FROM weir.lineage_columns
                WHERE target LIKE 'ods.%' OR target LIKE 'dwd.%' OR target LIKE 'dws.%'
                   OR derivation_id IN (
                        SELECT derivation_id FROM weir.queries WHERE sql_text LIKE '%HAVING COUNT(*) >= 5%' AND sql_text NOT LIKE '%weir.%')
                """);
        story.checkRows(
                "what a list made by hand says of each column",
                byHand(scene.home().inbox().toString()),
                found.rows());
    }

    /** Lines of {@code target column < source column dependence}. */
    private static List<List<String>> byHand(String inbox) {
        return DemoSql.LINEAGE
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> Arrays.asList(
                        line.replace("${inbox}", inbox).replace(" < ", " ").split("\\s+")))
                .toList();
    }
}
