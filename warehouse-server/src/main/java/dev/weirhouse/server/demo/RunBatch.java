package dev.weirhouse.server.demo;

import java.sql.SQLException;
import java.util.Map;

final class RunBatch implements Step {

    private static final int SHOWN = 5;

    @Override
    public String title() {
        return "Batch: a script in Hive's dialect over the same tables";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        scene.awaitArrival(scene.firstFlights());
        scene.story().sql(DemoSql.AIRPORT_DAILY);
        overwriteAndCheck(scene, scene.firstFlights());
    }

    /** Runs the script and checks all that its table then holds. */
    static void overwriteAndCheck(Scene scene, int flights) throws SQLException {
        scene.runScript("airport-daily", "hive", DemoSql.AIRPORT_DAILY, Map.of());
        Answer daily = scene.query(
                """
                SELECT airport, departures, arrivals, connections, median_delay, dt
                FROM dws.airport_daily ORDER BY departures DESC, airport, dt
                """);
        scene.story()
                .say(
                        "The busiest of the %,d rows of dws.airport_daily:",
                        daily.rows().size());
        scene.story().table(daily.first(SHOWN));
        scene.story()
                .checkRows(
                        "dws.airport_daily, all of it, reckoned from the CSV",
                        scene.reckoning(flights).airportDaily(),
                        daily.rows());
    }
}
