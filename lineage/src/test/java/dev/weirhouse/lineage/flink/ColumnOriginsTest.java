package dev.weirhouse.lineage.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.lineage.Derivation;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each operator of a query carries up what its columns derive from; where that is not known, it says so. */
@WarehouseTest
final class ColumnOriginsTest {

    private Session session;
    private String database;

    @BeforeAll
    static void make(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE flights (id INT, carrier STRING, delay INT, flown TIMESTAMP(3), tags ARRAY<STRING>)");
        kit.run("CREATE TABLE carriers (code STRING, name STRING, country STRING)");
        kit.run("CREATE TABLE delays (carrier STRING, total BIGINT)");
        kit.run("CREATE VIEW late AS SELECT id, carrier AS c, delay * 60 AS seconds FROM flights WHERE delay > 15");
    }

    @BeforeEach
    void open(TestWarehouse kit) {
        session = kit.warehouse().gate().open(Caller.internal("origins"), Gate.Mode.BATCH);
        session.use(kit.database());
        database = kit.database();
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void valuesAndWhatDecidesAboutRows() {
        Derivation found =
                derivation("SELECT f.carrier, UPPER(name) || country AS who, SUM(delay + 1) AS total, 7 AS seven,"
                        + " COUNT(*) FILTER (WHERE delay > 0) AS late FROM flights f JOIN carriers ON f.carrier = code"
                        + " WHERE country <> 'US' GROUP BY f.carrier, UPPER(name) || country ORDER BY total");
        assertThat(told(found))
                .containsExactly(
                        "carrier: flights.carrier IDENTITY",
                        "who: carriers.country TRANSFORMATION, carriers.name TRANSFORMATION",
                        "total: flights.delay AGGREGATION",
                        "seven: ",
                        "late: flights.delay FILTER");
        assertThat(indirect(found))
                .containsExactly(
                        "carriers.code JOIN",
                        "carriers.country FILTER",
                        "carriers.country GROUP",
                        "carriers.name GROUP",
                        "flights.carrier JOIN",
                        "flights.carrier GROUP",
                        "flights.delay SORT");
        assertThat(found.tables()).containsExactly(database + ".carriers", database + ".flights");
    }

    @Test
    void viewsStandForTheirTables() {
        session.execute(
                        "CREATE TEMPORARY VIEW worst AS SELECT c, MAX(seconds) AS most FROM late GROUP BY c",
                        dev.weirhouse.catalog.Lane.OLAP)
                .close();
        Derivation found = derivation("SELECT c, most FROM worst");
        assertThat(told(found)).containsExactly("c: flights.carrier IDENTITY", "most: flights.delay AGGREGATION");
        assertThat(indirect(found)).containsExactly("flights.carrier GROUP", "flights.delay FILTER");
    }

    @Test
    void subqueriesCountWithAndWithoutCorrelation() {
        Derivation found =
                derivation("SELECT id, (SELECT MAX(name) FROM carriers WHERE code = f.carrier) AS name FROM flights f"
                        + " WHERE EXISTS (SELECT * FROM delays d WHERE d.carrier = f.carrier AND total > 5)"
                        + " AND carrier IN (SELECT code FROM carriers)");
        assertThat(told(found)).containsExactly("id: flights.id IDENTITY", "name: carriers.name AGGREGATION");
        assertThat(indirect(found))
                .containsExactly(
                        "carriers.code FILTER",
                        "delays.carrier FILTER",
                        "delays.total FILTER",
                        "flights.carrier FILTER");
    }

    @Test
    void windowsSetsAndCollections() {
        assertThat(told(derivation("SELECT id, ROW_NUMBER() OVER (PARTITION BY carrier ORDER BY flown) AS n,"
                        + " SUM(delay) OVER (PARTITION BY carrier ORDER BY flown) AS so_far FROM flights")))
                .containsExactly(
                        "id: flights.id IDENTITY",
                        "n: flights.carrier WINDOW, flights.flown WINDOW",
                        "so_far: flights.carrier WINDOW, flights.delay AGGREGATION, flights.flown WINDOW");
        assertThat(told(derivation("SELECT carrier FROM flights UNION ALL SELECT code FROM carriers")))
                .containsExactly("carrier: carriers.code IDENTITY, flights.carrier IDENTITY");
        Derivation without = derivation("SELECT carrier FROM flights EXCEPT SELECT code FROM carriers");
        assertThat(told(without)).containsExactly("carrier: flights.carrier IDENTITY");
        assertThat(indirect(without)).contains("carriers.code FILTER");
        assertThat(told(derivation("SELECT id, tag FROM flights CROSS JOIN UNNEST(tags) AS t (tag)")))
                .containsExactly("id: flights.id IDENTITY", "tag: flights.tags TRANSFORMATION");
        assertThat(told(derivation("SELECT window_start, SUM(delay) AS total FROM TABLE(TUMBLE(TABLE flights,"
                        + " DESCRIPTOR(flown), INTERVAL '1' HOUR)) GROUP BY window_start, window_end")))
                .containsExactly("window_start: flights.flown WINDOW", "total: flights.delay AGGREGATION");
    }

    @Test
    void anInsertTellsItsTargetsColumns() {
        StatementTree tree = session.trees(
                        "INSERT INTO delays SELECT carrier, SUM(delay) FROM flights GROUP BY carrier")
                .get(0);
        assertThat(tree.target()).contains(database + ".delays");
        assertThat(told(ColumnOrigins.of(tree.tree(), tree.columns())))
                .containsExactly("carrier: flights.carrier IDENTITY", "total: flights.delay AGGREGATION");
        assertThat(told(derivation("INSERT INTO delays (total) SELECT delay FROM flights")))
                .containsExactly("carrier: ", "total: flights.delay IDENTITY");
    }

    @Test
    void hivesDialectIsReadAlike() {
        session.set("table.sql-dialect", "hive");
        assertThat(told(derivation(
                        "INSERT INTO TABLE delays SELECT carrier, sum(delay) FROM flights GROUP BY carrier")))
                .containsExactly("carrier: flights.carrier IDENTITY", "total: flights.delay AGGREGATION");
    }

    private Derivation derivation(String sql) {
        StatementTree tree = session.trees(sql).get(0);
        return ColumnOrigins.of(tree.tree(), tree.columns());
    }

    private List<String> told(Derivation derivation) {
        return derivation.columns().stream()
                .map(column -> column.name() + ": "
                        + column.unresolved()
                                .orElseGet(() -> String.join(
                                        ", ",
                                        column.origins().stream()
                                                .map(origin -> origin.toString().replace(database + ".", ""))
                                                .toList())))
                .toList();
    }

    private List<String> indirect(Derivation derivation) {
        return derivation.indirect().stream()
                .map(origin -> origin.toString().replace(database + ".", ""))
                .toList();
    }
}
