package dev.weirhouse.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The demo's SQL, which lies beside its classes. */
final class DemoSql {

    static final String TABLES = load("tables.sql");
    static final String AIRPORTS = load("airports.sql");
    static final String INGEST = load("ingest.sql");
    static final String ENRICH = load("enrich.sql");
    static final String ROUTE_DELAY = load("route-delay.sql");
    static final String AIRPORT_DAILY = load("airport-daily.sql");
    static final String WORST_ROUTES = load("worst-routes.sql");
    static final String DELAY_GOALS = load("delay-goals.sql");
    static final String DELAY_GOALS_MISTYPED = load("delay-goals-mistyped.sql");

    /** What each column derives from, by hand. */
    static final String LINEAGE = load("lineage.txt");

    /** What worst-routes.sql says in HAVING and LIMIT. */
    static final int WORST_ROUTES_FEWEST_FLIGHTS = 5;

    static final int WORST_ROUTES_LIMIT = 5;

    /** The tables that are read at a snapshot. */
    static final String ENRICHED_TABLE = "dwd.flights_enriched";

    static final String ROUTE_DELAY_TABLE = "dws.route_delay";

    static final String DELAY_GOALS_TABLE = "ods.delay_goals";

    private DemoSql() {}

    private static String load(String name) {
        try (InputStream resource = DemoSql.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("The program lacks its file " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text with the inbox's folder in it. */
    static String withInbox(String sql, Path inbox) {
        return sql.replace("${inbox}", inbox.toString().replace("'", "''"));
    }

    /** The text with one table read as it was at a snapshot. */
    static String at(String sql, String table, long snapshot) {
        String from = "FROM " + table;
        if (!sql.contains(from)) {
            throw new IllegalArgumentException("The text does not read " + table + ": " + sql);
        }
        return sql.replace(from, from + " /*+ OPTIONS('scan.snapshot-id' = '" + snapshot + "') */");
    }

    /** The query that a text's last INSERT INTO runs. */
    static String query(String sql, String target) {
        String insert = "INSERT INTO " + target;
        int begin = sql.indexOf("SELECT", sql.indexOf(insert) + insert.length());
        return sql.substring(begin, sql.lastIndexOf(';')).strip();
    }
}
