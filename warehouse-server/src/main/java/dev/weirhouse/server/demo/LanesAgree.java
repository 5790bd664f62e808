package dev.weirhouse.server.demo;

import java.sql.SQLException;
import java.util.List;

final class LanesAgree implements Step {

    private static final String ENRICHED = "dwd.flights_enriched";
    private static final String ROUTE_DELAY = "dws.route_delay";

    @Override
    public String title() {
        return "Agree: what the stream keeps is what a batch computes";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        Story story = scene.story();
        long input = scene.snapshot(ENRICHED);
        long output = scene.snapshot(ROUTE_DELAY);
        String sql = scene.calls().job(StartStreams.ROUTE_DELAY).path("sql").asText();
        story.say(
                "The job's own SELECT runs as a batch on snapshot %d of %s, and is laid beside snapshot %d of %s. The jobs"
                        + " keep running.",
                input, ENRICHED, output, ROUTE_DELAY);
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
                                DemoSql.at(DemoSql.query(sql, ROUTE_DELAY), ENRICHED, input)
                                        .indent(2)
                                        .stripTrailing(),
                                DemoSql.at("FROM " + ROUTE_DELAY, ROUTE_DELAY, output)));
        String routes = Integer.toString(
                scene.reckoning(scene.firstFlights()).routeDelay().size());
        story.checkRows(
                "both have " + routes + " rows, as many as the CSV has days and routes, and none differs",
                List.of(List.of(routes, routes, "0")),
                compared.rows());
    }
}
