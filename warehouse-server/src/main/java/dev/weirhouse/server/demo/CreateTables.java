package dev.weirhouse.server.demo;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

final class CreateTables implements Step {

    @Override
    public String title() {
        return "Tables: one catalog for all lanes";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        Story story = scene.story();
        story.say("Two scripts create the tables of the demo and load the airports from a file.");
        scene.runScript("tables", "flink", DemoSql.TABLES, Map.of());
        scene.runScript(
                "airports",
                "flink",
                DemoSql.AIRPORTS,
                Map.of("inbox", scene.home().inbox().toString().replace("'", "''")));
        Answer tables = scene.ask(
                """
                SELECT database_name, table_name, records
                FROM weir.tables
                WHERE database_name IN ('ods', 'dwd', 'dws')
                ORDER BY database_name, table_name
                """);
        story.checkRows(
                "the catalog holds the six tables, and the airports' file its lines",
                List.of(
                        List.of("dwd", "flights_enriched", Answer.NULL),
                        List.of("dws", "airport_daily", Answer.NULL),
                        List.of("dws", "route_delay", Answer.NULL),
                        List.of("ods", "airports", Integer.toString(scene.airports())),
                        List.of("ods", "flights", Answer.NULL),
                        List.of("ods", "flights_log", Answer.NULL)),
                tables.rows());
    }
}
