package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.olap.paimon.ScanCondition.Operator;
import dev.weirhouse.olap.paimon.ScanCondition.Parameter;
import dev.weirhouse.testkit.SettableClock;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.options.ExpireConfig;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.BatchTableCommit;
import org.apache.paimon.table.sink.BatchTableWrite;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of tables that Paimon's own writer wrote, and which of their files. */
final class TableFilesTest {

    private static final List<ReadColumn> COLUMNS =
            List.of(new ReadColumn("id", "BIGINT"), new ReadColumn("v", "BIGINT"));

    @TempDir
    private Path folder;

    private final SettableClock clock = SettableClock.standing(Instant.now());
    private LocalTables tables;
    private TableFiles files;
    private SnapshotLeases leases;
    private Connection duck;

    @BeforeEach
    void open() throws Exception {
        Path warehouse = folder.resolve("warehouse");
        tables = new LocalTables(warehouse);
        leases = new SnapshotLeases("test", clock);
        files = new TableFiles(
                folder.resolve("cache"), 1L << 30, Map.of(warehouse.toUri().toString(), warehouse), leases);
        duck = DriverManager.getConnection("jdbc:duckdb:");
    }

    @AfterEach
    void close() throws Exception {
        duck.close();
        leases.close();
        tables.close();
    }

    @Test
    void theValuesOfARunLeaveOutFiles() throws Exception {
        FileStoreTable table = tables.keyed("keyed", Map.of("bucket", "4"));
        LocalTables.write(
                table,
                LongStream.range(0, 100).mapToObj(id -> row(id, id, "w" + id)).toList());
        FileStoreTable newest = LocalTables.newest(table);
        ScanCondition key = condition("id", Operator.EQUAL, 0);
        assertThat(read(newest, List.of(key), List.of(7L))).isOne();
        assertThat(read(newest, List.of(key), List.of(7))).as("a whole number").isOne();
        assertThat(read(newest, List.of(condition("id", Operator.IN, 0, 1)), List.of(7L, 7L)))
                .isOne();
        ScanCondition range = condition("v", Operator.GREATER, 1);
        assertThat(read(newest, List.of(range), List.of("any", 1_000L))).isZero();
        assertThat(read(newest, List.of(range), List.of("any", 50L))).isEqualTo(4);

        assertThat(read(newest, List.of(key), List.of("7"))).as("a text").isEqualTo(4);
        assertThat(read(newest, List.of(key), List.of(new BigDecimal("7")))).isEqualTo(4);
        assertThat(read(newest, List.of(key), List.of(7.0))).isEqualTo(4);
        assertThat(read(newest, List.of(key), Collections.singletonList(null))).isEqualTo(4);
        assertThat(read(newest, List.of(key), List.of())).as("no value").isEqualTo(4);
        assertThat(read(newest, List.of(condition("id", Operator.IN, 0, 1)), List.of(7L, "7")))
                .as("one of them wrong")
                .isEqualTo(4);
        assertThat(read(newest, List.of(key, range), List.of("7", 1_000L)))
                .as("the other one prunes")
                .isZero();
        assertThat(rows(newest, COLUMNS, List.of(condition("w", Operator.EQUAL, 0)), List.of("w7")))
                .contains(List.of("7", "7"));
    }

    @Test
    void filesWhoseSequenceNumbersDoNotOrderThemAreMergedByPaimon() throws Exception {
        FileStoreTable table = tables.keyed("lagging", Map.of("bucket", "1", "write-only", "true"));
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (BatchTableWrite slow = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            slow.write(row(1, 10, "slow"));
            slow.write(row(5, 10, "slow"));
            LocalTables.write(table, List.of(row(2, 20, "fast"), row(3, 20, "fast"), row(1, 20, "fast")));
            commit.commit(slow.prepareCommit());
        }
        FileStoreTable newest = LocalTables.newest(table);
        assertThat(rows(newest, COLUMNS, List.of(), List.of()))
                .as("both writers counted from the same number, and the fast one counted on")
                .containsExactlyInAnyOrder(
                        List.of("1", "20"), List.of("2", "20"), List.of("3", "20"), List.of("5", "10"));
        try (TableFiles.Reading reading = files.read(newest, COLUMNS, List.of(), List.of())) {
            assertThat(reading.throughPaimon()).isEqualTo(2);
            assertThat(reading.inPlace()).isZero();
        }
    }

    @Test
    void filesOfTheSameSequenceNumbersButOtherKeysAreReadInPlace() throws Exception {
        FileStoreTable table = tables.keyed("apart", Map.of("bucket", "1", "write-only", "true"));
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (BatchTableWrite slow = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            slow.write(row(8, 10, "slow"));
            slow.write(row(9, 10, "slow"));
            LocalTables.write(table, List.of(row(1, 20, "fast"), row(2, 20, "fast")));
            commit.commit(slow.prepareCommit());
        }
        LocalTables.write(table, List.of(row(2, 30, "later"), row(8, 30, "later")));
        FileStoreTable newest = LocalTables.newest(table);
        assertThat(rows(newest, COLUMNS, List.of(), List.of()))
                .containsExactlyInAnyOrder(
                        List.of("1", "20"), List.of("2", "30"), List.of("8", "30"), List.of("9", "10"));
        try (TableFiles.Reading reading = files.read(newest, COLUMNS, List.of(), List.of())) {
            assertThat(reading.throughPaimon()).isZero();
            assertThat(reading.inPlace()).isEqualTo(3);
        }
    }

    @Test
    void olderFilesAreReadInPlaceWhereTheirTypesOnlyWidened() throws Exception {
        String wide = "123456789012345678.25";
        List<Widening> widenings = List.of(
                new Widening(
                        DataTypes.FLOAT(),
                        List.of(0.1f, -0.0f, Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE),
                        DataTypes.DOUBLE(),
                        "DOUBLE",
                        1e300,
                        true),
                new Widening(
                        DataTypes.DECIMAL(10, 2),
                        List.of(decimal("0.10", 10), decimal("-99999999.99", 10)),
                        DataTypes.DECIMAL(20, 2),
                        "DECIMAL(20,2)",
                        decimal(wide, 20),
                        true),
                new Widening(
                        DataTypes.VARCHAR(3),
                        List.of(text(""), text("abc"), text("ä😀 ")),
                        DataTypes.VARCHAR(10),
                        "VARCHAR",
                        text("0123456789"),
                        true),
                new Widening(
                        DataTypes.VARCHAR(10),
                        List.of(text("0123456789")),
                        DataTypes.VARCHAR(3),
                        "VARCHAR",
                        text("abc"),
                        false),
                new Widening(
                        DataTypes.DECIMAL(10, 2),
                        List.of(decimal("0.15", 10)),
                        DataTypes.DECIMAL(10, 1),
                        "DECIMAL(10,1)",
                        Decimal.fromBigDecimal(new BigDecimal("1.5"), 10, 1),
                        false),
                new Widening(DataTypes.INT(), List.of(7), DataTypes.STRING(), "VARCHAR", text("seven"), false));
        for (Widening widening : widenings) {
            widen("widened" + widenings.indexOf(widening), widening);
        }
    }

    /**
     * A column whose type changes.
     *
     * @param type in DuckDB's words
     * @param later a value that the old type could not hold, or any other
     */
    private record Widening(
            DataType from, List<Object> values, DataType to, String type, Object later, boolean inPlace) {}

    private void widen(String name, Widening widening) throws Exception {
        FileStoreTable before = tables.create(
                name,
                Schema.newBuilder()
                        .column("id", DataTypes.INT())
                        .column("x", widening.from())
                        .build());
        List<GenericRow> rows = new ArrayList<>(List.of(GenericRow.of(0, null)));
        widening.values().forEach(value -> rows.add(GenericRow.of(rows.size(), value)));
        LocalTables.write(before, rows);
        FileStoreTable after = tables.alter(name, SchemaChange.updateColumnType("x", widening.to()));
        LocalTables.write(after, List.of(GenericRow.of(rows.size(), widening.later())));
        FileStoreTable newest = LocalTables.newest(after);
        List<ReadColumn> columns = List.of(new ReadColumn("id", "INTEGER"), new ReadColumn("x", widening.type()));
        assertThat(rows(newest, columns, List.of(), List.of()))
                .as(widening.toString())
                .containsExactlyInAnyOrderElementsOf(paimon(newest));
        try (TableFiles.Reading reading = files.read(newest, columns, List.of(), List.of())) {
            assertThat(reading.throughPaimon())
                    .as(widening.toString())
                    .isEqualTo(widening.inPlace() ? 0 : reading.ofFiles());
        }
    }

    @Test
    void whatIsReadIsLeasedUntilTheAnswerIsClosed() throws Exception {
        FileStoreTable table = tables.keyed("leased", Map.of("bucket", "1", "num-sorted-run.compaction-trigger", "2"));
        LocalTables.write(table, List.of(row(1, 1, "first")));
        FileStoreTable first = LocalTables.newest(table);
        long snapshot = table.latestSnapshot().orElseThrow().id();
        TableFiles.Reading reading = files.read(first, COLUMNS, List.of(), List.of());
        for (long value = 2; value < 8; value++) {
            LocalTables.write(table, List.of(row(1, value, "later")));
        }
        expire(table);
        assertThat(table.snapshotManager().earliestSnapshotId()).isEqualTo(snapshot);
        assertThat(rows(reading.sql())).containsExactly(List.of("1", "1"));

        reading.close();
        clock.advance(SnapshotLeases.LINGER.plusSeconds(1));
        leases.settle();
        expire(table);
        assertThat(table.snapshotManager().earliestSnapshotId()).isGreaterThan(snapshot);
        assertThat(table.consumerManager().listAllIds()).isEmpty();
    }

    private static void expire(FileStoreTable table) {
        table.newExpireSnapshots()
                .config(ExpireConfig.builder()
                        .snapshotRetainMax(1)
                        .snapshotRetainMin(1)
                        .snapshotTimeRetain(Duration.ZERO)
                        .build())
                .expire();
    }

    private int read(FileStoreTable table, List<ScanCondition> conditions, List<?> parameters) throws Exception {
        try (TableFiles.Reading reading = files.read(table, COLUMNS, conditions, parameters)) {
            assertThat(reading.ofFiles()).isEqualTo(4);
            return reading.inPlace() + reading.throughPaimon();
        }
    }

    private List<List<String>> rows(
            FileStoreTable table, List<ReadColumn> columns, List<ScanCondition> conditions, List<?> parameters)
            throws Exception {
        try (TableFiles.Reading reading = files.read(table, columns, conditions, parameters)) {
            return rows(reading.sql());
        }
    }

    private List<List<String>> rows(String sql) throws Exception {
        List<List<String>> all = new ArrayList<>();
        try (Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.add(List.of(String.valueOf(rows.getObject(1)), String.valueOf(rows.getObject(2))));
            }
        }
        return all;
    }

    /** What Paimon's own reader says of a table {@code (id INT, x)}. */
    private static List<List<String>> paimon(FileStoreTable table) throws Exception {
        List<List<String>> all = new ArrayList<>();
        var builder = table.newReadBuilder();
        var x = org.apache.paimon.data.InternalRow.createFieldGetter(
                table.rowType().getTypeAt(1), 1);
        try (var reader = builder.newRead().createReader(builder.newScan().plan())) {
            reader.forEachRemaining(
                    row -> all.add(List.of(String.valueOf(row.getInt(0)), String.valueOf(x.getFieldOrNull(row)))));
        }
        return all;
    }

    private static ScanCondition condition(String column, Operator operator, int... parameters) {
        List<ScanCondition.Operand> operands = new ArrayList<>();
        for (int parameter : parameters) {
            operands.add(new Parameter(parameter));
        }
        return new ScanCondition(column, operator, operands);
    }

    private static GenericRow row(long id, long v, String w) {
        return GenericRow.of(id, v, text(w));
    }

    private static BinaryString text(String text) {
        return BinaryString.fromString(text);
    }

    private static Decimal decimal(String text, int precision) {
        return Decimal.fromBigDecimal(new BigDecimal(text), precision, 2);
    }
}
