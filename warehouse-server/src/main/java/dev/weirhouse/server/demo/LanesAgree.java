package dev.weirhouse.server.demo;

import java.sql.SQLException;
import java.util.List;

final class LanesAgree implements Step {

    @Override
    public String title() {
        return "Agree: what the stream keeps is what a batch computes";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        Story story = scene.story();
        long input = scene.snapshot(DemoSql.ENRICHED_TABLE);
        long output = scene.snapshot(DemoSql.ROUTE_DELAY_TABLE);
        String sql = scene.calls().job(StartStreams.ROUTE_DELAY).path("sql").asText();
        story.say(
                "The job's own SELECT runs as a batch on snapshot %d of %s, and is laid beside snapshot %d of %s. The jobs"
                        + " keep running.",
                input, DemoSql.ENRICHED_TABLE, output, DemoSql.ROUTE_DELAY_TABLE);
        Answer compared = scene.ask(
                """
                SELECT
                  COUNT(computed.flights) AS rows_computed,
                  COUNT(kept.flights)     AS rows_kept,
                  COUNT(*) FILTER (WHERE
                       computed.flights       IS DISTINCT FROM kept.flights
                    OR computed.delayed_share IS DISTINCT FROM kept.delayed_share
                    OR computed.mean_delay    IS DISTINCT FROM kept.mean_delay
                    OR computed.worst_delay   IS DISTINCT FROM kept.worst_delay
                  ) AS rows_that_differ
                FROM (
                %s
                ) AS computed
                FULL JOIN (SELECT * %s) AS kept
                ON  computed.`day` = kept.`day`
                AND computed.origin = kept.origin
                AND computed.destination = kept.destination
                """
                        .formatted(
                                DemoSql.at(DemoSql.query(sql, DemoSql.ROUTE_DELAY_TABLE), DemoSql.ENRICHED_TABLE, input)
                                        .indent(2)
                                        .stripTrailing(),
                                DemoSql.at("FROM " + DemoSql.ROUTE_DELAY_TABLE, DemoSql.ROUTE_DELAY_TABLE, output)));
        String routes = Integer.toString(
                scene.reckoning(scene.firstFlights()).routeDelay().size());
        story.checkRows(
                "both have " + routes + " rows, as many as the CSV has days and routes, and none differs",
                List.of(List.of(routes, routes, "0")),
                compared.rows());
        story.checkRows(
                "and those rows are what the CSV gives",
                scene.reckoning(scene.firstFlights()).routeDelay(),
                scene.query(DemoSql.at(
                                "SELECT CAST(`day` AS STRING), origin, destination, flights, delayed_share, mean_delay,"
                                        + " worst_delay FROM "
                                        + DemoSql.ROUTE_DELAY_TABLE,
                                DemoSql.ROUTE_DELAY_TABLE,
                                output))
                        .rows());
    }
}
