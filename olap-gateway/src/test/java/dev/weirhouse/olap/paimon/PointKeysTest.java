package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import dev.weirhouse.testkit.fault.SeededFaults;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.options.Options;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.FileStoreTableFactory;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of every type, partitioned and not, against Flink's SELECT after several commits, one of them a compaction. */
@WarehouseTest
final class PointKeysTest {

    private static final int COMMITS = 4;
    private static final int KEYS = 24;

    @TempDir
    private Path folder;

    @Test
    void everyKeyAnswersWhatFlinkSelects(TestWarehouse kit) throws Exception {
        List<String> tables = List.of(
                "k0 (a INT, v STRING, w DECIMAL(20, 3), PRIMARY KEY (a) NOT ENFORCED) WITH ('bucket' = '4')",
                "k1 (a BIGINT, b STRING, v STRING, d DOUBLE, PRIMARY KEY (a, b) NOT ENFORCED)"
                        + " PARTITIONED BY (b) WITH ('bucket' = '4', 'bucket-key' = 'a')",
                "k2 (v STRING, a DATE, b DECIMAL(10, 2), c TIMESTAMP(3), PRIMARY KEY (c, a, b) NOT ENFORCED)"
                        + " PARTITIONED BY (a) WITH ('bucket' = '1', 'write-only' = 'true')",
                "k3 (a STRING, b TIMESTAMP(6), v ARRAY<INT>, c DECIMAL(30, 10), d BOOLEAN,"
                        + " PRIMARY KEY (a, b, c, d) NOT ENFORCED)"
                        + " WITH ('bucket' = '4', 'bucket-key' = 'b,c', 'changelog-producer' = 'lookup')",
                "k4 (a SMALLINT, b TINYINT, c VARBINARY(8), v INT, PRIMARY KEY (b, a, c) NOT ENFORCED)"
                        + " WITH ('bucket' = '1', 'file.format' = 'avro')",
                "k5 (a INT, b BIGINT, v STRING, PRIMARY KEY (a, b) NOT ENFORCED) PARTITIONED BY (a)"
                        + " WITH ('bucket' = '4', 'bucket-key' = 'b', 'bucket-function.type' = 'mod', 'file.format' = 'orc')");
        SeededFaults.run(faults -> {
            try (Session session = kit.warehouse().gate().open(Caller.internal("points"), Gate.Mode.BATCH);
                    IOManager spill = IOManager.create(folder.toString());
                    PointLookups lookups =
                            new PointLookups(folder.resolve("points"), 1L << 30, tables.size(), Clock.systemUTC())) {
                session.use(kit.database());
                for (String definition : tables) {
                    String name = definition.substring(0, 2);
                    kit.run("DROP TABLE IF EXISTS " + name);
                    kit.run("CREATE TABLE " + definition);
                    check(session, lookups, spill, table(kit, name), faults.fork(name));
                }
            }
        });
    }

    private static FileStoreTable table(TestWarehouse kit, String name) throws Exception {
        Path at;
        try (Stream<Path> paths = Files.walk(kit.home())) {
            at = paths.filter(path -> path.endsWith(Path.of(kit.database() + ".db", name)))
                    .findFirst()
                    .orElseThrow();
        }
        String uri = kit.files().uri();
        Path root = Path.of(URI.create(uri).getPath());
        var path = new org.apache.paimon.fs.Path(uri + "/" + root.relativize(at));
        Options options = new Options();
        options.set(CoreOptions.PATH, path.toString());
        return FileStoreTableFactory.create(FileIO.get(path, CatalogContext.create(options)), path);
    }

    private static void check(
            Session session, PointLookups lookups, IOManager spill, FileStoreTable table, RandomGenerator chance)
            throws Exception {
        assertThat(PointLookups.refusal(table)).isEmpty();
        List<String> columns = table.rowType().getFieldNames();
        List<Object[]> keys = new ArrayList<>();
        List<GenericRow> rows = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            GenericRow row = new GenericRow(columns.size());
            for (int field = 0; field < columns.size(); field++) {
                row.setField(field, value(table.rowType().getFields().get(field), i, chance));
            }
            rows.add(row);
            keys.add(table.primaryKeys().stream()
                    .map(key -> flink(row.getField(columns.indexOf(key))))
                    .toArray());
        }
        List<BinaryRow> partitions = List.of();
        for (int commit = 0; commit < COMMITS; commit++) {
            List<InternalRow> some = new ArrayList<>();
            for (GenericRow row : rows) {
                if (chance.nextInt(3) > 0) {
                    for (DataField field : table.rowType().getFields()) {
                        if (!table.primaryKeys().contains(field.name())) {
                            row.setField(columns.indexOf(field.name()), value(field, chance.nextInt(1000), chance));
                        }
                    }
                    row.setRowKind(chance.nextInt(4) == 0 ? RowKind.DELETE : RowKind.INSERT);
                    some.add(row);
                }
            }
            KeyTable.write(table, spill, some);
            if (commit == COMMITS / 2) {
                partitions = table.newReadBuilder().newScan().listPartitions();
                KeyTable.compact(
                        table.copy(Map.of("write-only", "false")),
                        spill,
                        partitions,
                        table.coreOptions().bucket());
            }
            // The first commit alone is a case of those after it.
            if (commit > 0) {
                compare(session, lookups, table, keys);
            }
        }
    }

    private static void compare(Session session, PointLookups lookups, FileStoreTable table, List<Object[]> keys)
            throws Exception {
        List<String> columns = new ArrayList<>(table.rowType().getFieldNames());
        columns.sort(Comparator.reverseOrder());
        Map<String, String> selected = new TreeMap<>();
        List<LogicalType> types;
        List<Integer> keyPlaces =
                table.primaryKeys().stream().map(columns::indexOf).toList();
        try (Answer answer = session.execute(
                        "SELECT " + String.join(", ", columns) + " FROM "
                                + table.location().getName(),
                        Lane.OLAP);
                CloseableIterator<RowData> rows = answer.rows()) {
            types = answer.schema().getColumnDataTypes().stream()
                    .map(DataType::getLogicalType)
                    .toList();
            while (rows.hasNext()) {
                List<String> row = text(rows.next(), types);
                selected.put(keyPlaces.stream().map(row::get).toList().toString(), row.toString());
            }
        }
        assertThat(selected).isNotEmpty();
        Map<String, String> found = new TreeMap<>();
        for (Object[] key : keys) {
            for (RowData each : rows(lookups.lookup(table, List.<Object[]>of(key), columns))) {
                List<String> row = text(each, types);
                found.put(keyPlaces.stream().map(row::get).toList().toString(), row.toString());
            }
        }
        assertThat(found).isEqualTo(selected);
        assertThat(rows(lookups.lookup(table, keys, columns)))
                .as("each row once")
                .hasSize(found.size());
    }

    private static List<RowData> rows(PointAnswer answer) {
        assertThat(answer).isInstanceOf(PointAnswer.Found.class);
        return ((PointAnswer.Found) answer).rows();
    }

    private static List<String> text(RowData row, List<LogicalType> types) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Object value = RowData.createFieldGetter(types.get(i), i).getFieldOrNull(row);
            cells.add(
                    switch (types.get(i).getTypeRoot()) {
                        case VARBINARY -> java.util.Arrays.toString((byte[]) value);
                        case ARRAY ->
                            value == null
                                    ? "null"
                                    : java.util.Arrays.toString(
                                            ((org.apache.flink.table.data.ArrayData) value).toIntArray());
                        default -> String.valueOf(value);
                    });
        }
        return cells;
    }

    /** A value that another number seldom has, at the ends of its type now and then. */
    private static Object value(DataField field, int number, RandomGenerator chance) {
        int signed = number % 2 == 0 ? number : -number;
        return switch (field.type().getTypeRoot()) {
            case TINYINT -> (byte) signed;
            case SMALLINT -> (short) (number == 1 ? Short.MIN_VALUE : signed % 3);
            case INTEGER -> number == 1 ? Integer.MIN_VALUE : signed / 4;
            case DATE -> signed * 400 / 5;
            case BIGINT -> number == 1 ? Long.MAX_VALUE : signed * 10_000_000_000L;
            case BOOLEAN -> number % 3 == 0;
            case DOUBLE -> signed / 7.0;
            case VARCHAR ->
                BinaryString.fromString(
                        number == 2 ? "" : number == 3 ? "äß𝄞 long enough not to fit" : "s" + number % 5);
            case VARBINARY -> new byte[] {(byte) number, (byte) -1, 0};
            case DECIMAL -> {
                var type = (org.apache.paimon.types.DecimalType) field.type();
                yield Decimal.fromBigDecimal(
                        new java.math.BigDecimal(java.math.BigInteger.valueOf(signed * 1_234_567L), type.getScale()),
                        type.getPrecision(),
                        type.getScale());
            }
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                Timestamp.fromEpochMillis(
                        signed * 1_000_003L,
                        ((org.apache.paimon.types.TimestampType) field.type()).getPrecision() > 3 ? 123_000 : 0);
            case ARRAY ->
                chance.nextInt(5) == 0 ? null : new org.apache.paimon.data.GenericArray(new int[] {number, signed});
            default -> throw new AssertionError(field.type());
        };
    }

    private static Object flink(Object value) {
        if (value instanceof BinaryString string) {
            return StringData.fromString(string.toString());
        } else if (value instanceof Decimal decimal) {
            return DecimalData.fromBigDecimal(decimal.toBigDecimal(), decimal.precision(), decimal.scale());
        } else if (value instanceof Timestamp timestamp) {
            return TimestampData.fromEpochMillis(timestamp.getMillisecond(), timestamp.getNanoOfMillisecond());
        }
        return value;
    }
}
