package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A commit of a job that follows a database rests on a place in its log: what was committed up to there is what is in the
 * snapshot.
 */
@WarehouseTest
final class PostgresInputsTest {

    private static final Caller CALLER = Caller.internal("postgres inputs");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofSeconds(120);

    /** So many rows are copied in more than one piece. */
    private static final int COPIED = 40;

    /** After each of its transactions: where the log ended before it and after it, and how many rows there were then. */
    private record Committed(LogSequenceNumber before, LogSequenceNumber after, long transaction, long rows) {}

    @Test
    void thePlaceInTheLogOfEachCommitIsThatOfItsRows(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE orders (id BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '1')");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("wal_level", "logical")
                        // Otherwise a place in the log is told that is before what can be read.
                        .setServerConfig("synchronous_commit", "on")
                        .start();
                Connection shop = postgres.getPostgresDatabase().getConnection();
                StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamInputsTest.config(), Clock.systemUTC())) {
            run(shop, "CREATE TABLE orders (id BIGINT PRIMARY KEY)");
            run(shop, "ALTER TABLE orders REPLICA IDENTITY FULL");
            run(shop, "CREATE TABLE other (id BIGINT PRIMARY KEY)");
            run(shop, "INSERT INTO orders SELECT * FROM generate_series(1, " + COPIED + ")");
            LogSequenceNumber copied = end(shop);
            jobs.apply("orders", text(kit, postgres), CALLER);
            try {
                awaitRows(kit, COPIED);
                List<Committed> committed = follow(kit, shop);
                run(shop, "UPDATE orders SET id = 1000 WHERE id = 1");
                run(shop, "DELETE FROM orders WHERE id = 2");
                Eventually.within(LONG).holds("all changes are followed", () -> assertThat(
                                kit.run("SELECT COUNT(*), MIN(id), MAX(id) FROM orders")
                                        .rows())
                        .containsExactly(List.of("60", "3", "1000")));
                jobs.stop("orders");
                check(kit, "postgres://localhost:" + postgres.getPort() + "/postgres.public.orders", copied, committed);
            } finally {
                jobs.delete("orders");
            }
        }
    }

    private static String text(TestWarehouse kit, EmbeddedPostgres postgres) {
        return """
                CREATE TEMPORARY TABLE shop (id BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'postgres-cdc',
                  'hostname' = 'localhost', 'port' = '%d', 'username' = 'postgres', 'password' = 'postgres',
                  'database-name' = 'postgres', 'schema-name' = 'public', 'table-name' = 'orders', 'slot.name' = 'orders',
                  'decoding.plugin.name' = 'pgoutput', 'scan.incremental.snapshot.enabled' = 'true',
                  'scan.incremental.snapshot.chunk.size' = '10');
                INSERT INTO %s.orders SELECT id FROM shop;
                """
                .formatted(postgres.getPort(), kit.database());
    }

    /** Some transactions, each of rows of its own, and between them what the job does not read. */
    private static List<Committed> follow(TestWarehouse kit, Connection shop) throws Exception {
        List<Committed> committed = new ArrayList<>();
        int rows = COPIED;
        for (int round = 1; round <= 6; round++) {
            run(shop, "INSERT INTO other VALUES (" + round + ")");
            LogSequenceNumber before = end(shop);
            int next = rows + round;
            long transaction = insert(shop, rows + 1, next);
            committed.add(new Committed(before, end(shop), transaction, next));
            rows = next;
            awaitRows(kit, rows);
        }
        return committed;
    }

    private static void awaitRows(TestWarehouse kit, long rows) throws Exception {
        TableName orders = new TableName(kit.database(), "orders");
        Eventually.within(LONG)
                .answers(
                        "rows of orders",
                        () -> {
                            // As the warehouse does every few seconds.
                            SharedLineage.of(kit).snapshots().newest(1);
                            return kit.warehouse().records(orders).orElse(0L);
                        },
                        count -> count == rows);
    }

    /** Each exact place lies in the transaction that brought the last row, or before it where that is a copy's. */
    private static void check(TestWarehouse kit, String table, LogSequenceNumber copied, List<Committed> committed)
            throws Exception {
        Map<Long, Long> rows = new TreeMap<>();
        for (List<String> row : kit.run("SELECT snapshot_id, total_record_count FROM `orders$snapshots`"
                        + " WHERE commit_kind = 'APPEND'")
                .rows()) {
            rows.put(Long.parseLong(row.get(0)), Long.parseLong(row.get(1)));
        }
        Set<Long> exact = new HashSet<>();
        rows.values()
                .removeIf(count -> count > committed.get(committed.size() - 1).rows());
        for (Map.Entry<Long, Long> commit : rows.entrySet()) {
            SnapshotEdge input = input(kit, commit.getKey());
            assertThat(input.table()).isEqualTo(table);
            if (input.exactness().equals("unknown")) {
                assertThat(commit.getValue()).as("%s", input).isLessThanOrEqualTo(COPIED);
                assertThat(input.reason()).contains("its first copy was not complete");
                continue;
            }
            JsonNode position = JSON.readTree(input.position().orElseThrow());
            LogSequenceNumber lsn = lsn(position.path("lsn"));
            if (commit.getValue() == COPIED) {
                assertThat(lsn.compareTo(copied)).as("%s", input).isNotNegative();
                assertThat(lsn.compareTo(committed.get(0).before())).isNotPositive();
                continue;
            }
            Committed of = committed.stream()
                    .filter(one -> one.rows() == commit.getValue())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no transaction ends with the rows of " + input));
            assertThat(input.exactness()).as("%s", input).isEqualTo("exact");
            assertThat(lsn).as("%s of %s", input, of).isBetween(of.before(), of.after());
            if (lsn(position.path("commit")).compareTo(of.before()) <= 0) {
                assertThat(position.path("transaction").asLong())
                        .as("%s of %s", input, of)
                        .isEqualTo(of.transaction());
            }
            exact.add(commit.getValue());
        }
        assertThat(exact).as("all of %s", committed).hasSameSizeAs(committed);
    }

    private static SnapshotEdge input(TestWarehouse kit, long snapshot) {
        List<SnapshotEdge> inputs =
                SharedLineage.of(kit)
                        .snapshots()
                        .up(new TableName(kit.database(), "orders"), snapshot, 1)
                        .edges()
                        .stream()
                        .filter(edge -> !edge.written())
                        .toList();
        assertThat(inputs).as("of snapshot %s", snapshot).hasSize(1);
        return inputs.get(0);
    }

    private static LogSequenceNumber lsn(JsonNode place) {
        return LogSequenceNumber.valueOf(place.asText());
    }

    private static LogSequenceNumber end(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_wal_lsn()::text")) {
            row.next();
            return LogSequenceNumber.valueOf(row.getString(1));
        }
    }

    /** @return the transaction that it was */
    private static long insert(Connection connection, int from, int to) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("WITH added AS (INSERT INTO orders SELECT * FROM generate_series(" + from
                                + ", " + to + ") RETURNING id) SELECT pg_current_xact_id()::text FROM added")) {
            row.next();
            return Long.parseLong(row.getString(1));
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
