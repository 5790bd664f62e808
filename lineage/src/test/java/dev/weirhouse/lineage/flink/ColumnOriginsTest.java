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
        kit.run("CREATE TABLE parted (total INT, carrier STRING) PARTITIONED BY (carrier)");
        kit.run("CREATE TABLE keyed (code STRING, name STRING, PRIMARY KEY (code) NOT ENFORCED)");
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
    void windowsAndCollections() {
        assertThat(told(derivation("SELECT id, ROW_NUMBER() OVER (PARTITION BY carrier ORDER BY flown) AS n,"
                        + " SUM(delay) OVER (PARTITION BY carrier ORDER BY flown) AS so_far FROM flights")))
                .containsExactly(
                        "id: flights.id IDENTITY",
                        "n: flights.carrier WINDOW, flights.flown WINDOW",
                        "so_far: flights.carrier WINDOW, flights.delay AGGREGATION, flights.flown WINDOW");
        assertThat(told(derivation("SELECT id, tag FROM flights CROSS JOIN UNNEST(tags) AS t (tag)")))
                .containsExactly("id: flights.id IDENTITY", "tag: flights.tags TRANSFORMATION");
        assertThat(told(derivation("SELECT window_start, SUM(delay) AS total FROM TABLE(TUMBLE(TABLE flights,"
                        + " DESCRIPTOR(flown), INTERVAL '1' HOUR)) GROUP BY window_start, window_end")))
                .containsExactly("window_start: flights.flown WINDOW", "total: flights.delay AGGREGATION");
    }

    @Test
    void setOperationsDependOnAllThatTheyCompare() {
        assertSetOperations();
    }

    private void assertSetOperations() {
        String left = "SELECT id, carrier FROM flights WHERE delay > 5 ";
        String right = " SELECT CAST(total AS INT), carrier FROM delays";
        List<String> both = List.of(
                "id: delays.total TRANSFORMATION, flights.id IDENTITY",
                "carrier: delays.carrier IDENTITY, flights.carrier IDENTITY");
        Derivation all = derivation(left + "UNION ALL" + right);
        assertThat(told(all)).isEqualTo(both);
        assertThat(indirect(all)).containsExactly("flights.delay FILTER");
        Derivation union = derivation(left + "UNION" + right);
        assertThat(told(union)).isEqualTo(both);
        assertThat(indirect(union))
                .containsExactly(
                        "delays.carrier GROUP",
                        "delays.total GROUP",
                        "flights.carrier GROUP",
                        "flights.delay FILTER",
                        "flights.id GROUP");
        for (String operation : List.of("INTERSECT", "EXCEPT")) {
            Derivation compared = derivation(left + operation + right);
            assertThat(told(compared))
                    .as(operation)
                    .containsExactly("id: flights.id IDENTITY", "carrier: flights.carrier IDENTITY");
            assertThat(indirect(compared))
                    .as(operation)
                    .containsExactly(
                            "delays.carrier FILTER",
                            "delays.total FILTER",
                            "flights.carrier FILTER",
                            "flights.carrier GROUP",
                            "flights.delay FILTER",
                            "flights.id FILTER",
                            "flights.id GROUP");
            Derivation counted = derivation(left + operation + " ALL" + right);
            assertThat(told(counted)).as(operation).isEqualTo(told(compared));
            assertThat(indirect(counted))
                    .as(operation)
                    .containsExactly(
                            "delays.carrier FILTER",
                            "delays.total FILTER",
                            "flights.carrier FILTER",
                            "flights.delay FILTER",
                            "flights.id FILTER");
        }
    }

    @Test
    void hivesSetOperationsAreFollowedAlike() {
        session.set("table.sql-dialect", "hive");
        assertSetOperations();
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

    @Test
    void hivesPlacingSortingAndManyTargetsAreFollowed() {
        session.set("table.sql-dialect", "hive");
        Derivation sorted =
                derivation("INSERT OVERWRITE TABLE parted PARTITION (carrier) SELECT delay, carrier FROM flights"
                        + " DISTRIBUTE BY carrier SORT BY delay");
        assertThat(told(sorted)).containsExactly("total: flights.delay IDENTITY", "carrier: flights.carrier IDENTITY");
        assertThat(indirect(sorted)).containsExactly("flights.carrier SORT", "flights.delay SORT");
        assertThat(indirect(derivation("SELECT delay FROM flights CLUSTER BY delay")))
                .containsExactly("flights.delay SORT");
        assertThat(session
                        .trees(
                                "FROM flights INSERT INTO TABLE delays SELECT carrier, count(*) WHERE delay > 5 GROUP BY carrier"
                                        + " INSERT INTO TABLE carriers SELECT carrier, upper(carrier), 'x'")
                        .stream()
                        .map(tree -> tree.target().orElseThrow().replace(database + ".", "") + " "
                                + told(ColumnOrigins.of(tree.tree(), tree.columns())))
                        .toList())
                .containsExactly(
                        "delays [carrier: flights.carrier IDENTITY, total: ]",
                        "carriers [code: flights.carrier IDENTITY, name: flights.carrier TRANSFORMATION, country: ]");
        Derivation exploded = derivation("SELECT id, tag FROM flights LATERAL VIEW explode(tags) t AS tag");
        assertThat(told(exploded)).containsExactly("id: flights.id IDENTITY", "tag: flights.tags TRANSFORMATION");
    }

    @Test
    void whatChoosesAVersionOfARowCounts() {
        Derivation found =
                derivation("SELECT f.id, c.name FROM flights f JOIN carriers FOR SYSTEM_TIME AS OF f.flown AS c"
                        + " ON f.carrier = c.code");
        assertThat(told(found)).containsExactly("id: flights.id IDENTITY", "name: carriers.name IDENTITY");
        assertThat(indirect(found)).containsExactly("carriers.code JOIN", "flights.carrier JOIN", "flights.flown JOIN");
    }

    @Test
    void ranksSetsOfGroupsAndSessionsAreFollowed() {
        Derivation ranked =
                derivation("SELECT id, n FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY carrier ORDER BY delay)"
                        + " AS n FROM flights) t WHERE n <= 3");
        assertThat(told(ranked))
                .containsExactly("id: flights.id IDENTITY", "n: flights.carrier WINDOW, flights.delay WINDOW");
        assertThat(indirect(ranked)).containsExactly("flights.carrier FILTER", "flights.delay FILTER");
        Derivation rolled = derivation("SELECT carrier, GROUPING(carrier) AS g, MAX(delay) FILTER (WHERE id > 5) AS d"
                + " FROM flights GROUP BY ROLLUP (carrier)");
        assertThat(told(rolled))
                .containsExactly(
                        "carrier: flights.carrier IDENTITY",
                        "g: flights.carrier AGGREGATION",
                        "d: flights.delay AGGREGATION, flights.id FILTER");
        assertThat(indirect(rolled)).containsExactly("flights.carrier GROUP");
        assertThat(
                        told(
                                derivation(
                                        "SELECT window_end, SUM(delay) AS total FROM TABLE(SESSION(TABLE flights PARTITION BY"
                                                + " carrier, DESCRIPTOR(flown), INTERVAL '5' MINUTE)) GROUP BY carrier, window_start, window_end")))
                .containsExactly(
                        "window_end: flights.carrier WINDOW, flights.flown WINDOW", "total: flights.delay AGGREGATION");
    }

    @Test
    void whatIsNotFollowedIsNotGuessed() {
        Derivation matched =
                derivation("SELECT * FROM flights MATCH_RECOGNIZE (PARTITION BY carrier ORDER BY flown MEASURES"
                        + " A.delay AS was PATTERN (A B) DEFINE B AS B.delay > 5)");
        assertThat(told(matched))
                .containsExactly("carrier: LogicalMatch is not followed", "was: LogicalMatch is not followed");
        assertThat(matched.unresolved()).contains("LogicalMatch is not followed");
        assertThat(matched.tables()).containsExactly(database + ".flights");
        assertThat(derivation("SELECT id FROM flights WHERE delay > 5").unresolved())
                .isEmpty();
        StatementTree update = session.trees(
                        "UPDATE keyed SET name = (SELECT MAX(name) FROM carriers) WHERE code = 'AA'")
                .get(0);
        Derivation updated = ColumnOrigins.of(update.tree(), update.columns());
        assertThat(told(updated)).containsExactly("name: carriers.name AGGREGATION");
        assertThat(indirect(updated)).containsExactly("keyed.code FILTER");
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
