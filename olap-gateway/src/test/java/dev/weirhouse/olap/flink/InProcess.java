package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;
import org.apache.paimon.table.FileStoreTable;

/** Runs a query on Flink, and translated in a DuckDB of this process; rows as lists of texts. */
final class InProcess {

    private final Session session;
    private final TableFiles files;
    private final Connection duck;
    private int throughPaimon;
    private int read;
    private int ofFiles;

    /** The files of the test's warehouse, read where they lie where that can be. */
    static TableFiles files(TestWarehouse kit, Path folder) {
        return new TableFiles(
                folder.resolve("cache"),
                1L << 30,
                Map.of(kit.files().uri(), kit.home().resolve("warehouse")),
                kit.warehouse().leases());
    }

    /** The same files as on a file system that the engine does not know: all are read through Paimon. */
    static TableFiles filesThroughPaimon(TestWarehouse kit, Path folder) {
        return new TableFiles(
                folder.resolve("copies"), 1L << 30, Map.of(), kit.warehouse().leases());
    }

    InProcess(Session session, TableFiles files, Connection duck) {
        this.session = session;
        this.files = files;
        this.duck = duck;
    }

    /**
     * What DuckDB answered.
     *
     * @param types those of the plan, which DuckDB's were found to be
     */
    record Native(List<LogicalType> types, List<List<Object>> rows) {}

    List<List<String>> flink(String sql) throws Exception {
        try (Answer answer = session.execute(sql, Lane.OLAP)) {
            return texts(values(answer));
        }
    }

    /**
     * The rows of several queries, which Flink answers in one job; a query without rows is missing.
     *
     * @param queries by name, without their {@code SELECT}, and all of the same types
     */
    Map<String, List<List<String>>> flink(Map<String, String> queries) throws Exception {
        String united = queries.entrySet().stream()
                .map(query -> "SELECT CAST('" + query.getKey() + "' AS STRING), " + query.getValue())
                .collect(Collectors.joining(" UNION ALL "));
        Map<String, List<List<String>>> answers = new HashMap<>();
        for (List<String> row : flink(united)) {
            answers.computeIfAbsent(row.get(0), name -> new ArrayList<>()).add(row.subList(1, row.size()));
        }
        return answers;
    }

    /** Decimals as {@link BigDecimal}, dates and timestamps as those of {@code java.time}. */
    static List<List<Object>> values(Answer answer) throws Exception {
        List<LogicalType> types = answer.schema().getColumnDataTypes().stream()
                .map(DataType::getLogicalType)
                .toList();
        List<List<Object>> all = new ArrayList<>();
        try (CloseableIterator<RowData> rows = answer.rows()) {
            while (rows.hasNext()) {
                RowData row = rows.next();
                List<Object> cells = new ArrayList<>();
                for (int i = 0; i < types.size(); i++) {
                    Object value = RowData.createFieldGetter(types.get(i), i).getFieldOrNull(row);
                    cells.add(value == null ? null : value(value, types.get(i)));
                }
                all.add(cells);
            }
        }
        return all;
    }

    private static Object value(Object value, LogicalType type) {
        return switch (type.getTypeRoot()) {
            case DATE -> LocalDate.ofEpochDay((Integer) value);
            case TIMESTAMP_WITHOUT_TIME_ZONE -> ((TimestampData) value).toLocalDateTime();
            case DECIMAL -> ((DecimalData) value).toBigDecimal();
            default -> value;
        };
    }

    private static List<List<String>> texts(List<List<Object>> rows) {
        return rows.stream().map(InProcess::text).toList();
    }

    private static List<String> text(List<Object> row) {
        List<String> cells = new ArrayList<>();
        for (Object value : row) {
            cells.add(value == null ? null : text(value));
        }
        return cells;
    }

    private static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    QueryPlan plan(String sql) {
        return session.plan(sql, List.of());
    }

    /** The table that a query of one table reads. */
    FileStoreTable table(String sql) throws NotNative {
        QueryPlan plan = plan(sql);
        NativePlan natively = Relations.translate(plan.plan());
        return plan.tables()
                .find(natively.scans().get(0).source())
                .orElseThrow()
                .pinned();
    }

    List<List<String>> natively(QueryPlan plan) throws Exception {
        return texts(answer(plan, UnaryOperator.identity()).rows());
    }

    /** @param change what is done to the text before DuckDB gets it */
    Native answer(QueryPlan plan, UnaryOperator<String> change) throws Exception {
        NativePlan natively = Relations.translate(plan.plan());
        List<TableFiles.Reading> readings = new ArrayList<>();
        try {
            List<String> relations = new ArrayList<>();
            for (NativePlan.Scan scan : natively.scans()) {
                FileStoreTable table =
                        plan.tables().find(scan.source()).orElseThrow().pinned();
                TableFiles.Reading reading = files.read(table, ScanSql.columns(scan), scan.conditions(), List.of());
                readings.add(reading);
                relations.add(reading.sql());
                throughPaimon += reading.throughPaimon();
                read += reading.inPlace() + reading.throughPaimon();
                ofFiles += reading.ofFiles();
            }
            String wide = natively.wide().orElse(natively.sql());
            // Of every second query, the text that serves large decimals is the one that is tested.
            boolean inFull = natively.sql().hashCode() % 2 == 0;
            List<List<Object>> rows;
            try {
                rows = rows(change.apply(ScanSql.sql(natively, inFull ? wide : natively.sql(), relations)), natively);
            } catch (SQLException e) {
                if (inFull || natively.wide().isEmpty()) {
                    throw e;
                }
                rows = rows(change.apply(ScanSql.sql(natively, wide, relations)), natively);
            }
            return new Native(natively.types(), rows);
        } finally {
            readings.forEach(TableFiles.Reading::close);
        }
    }

    /** Files that were read, over all queries. */
    int read() {
        return read;
    }

    /** Files that the tables had. */
    int ofFiles() {
        return ofFiles;
    }

    /** How many files Paimon had to read for the engine, over all queries. */
    int throughPaimon() {
        return throughPaimon;
    }

    private List<List<Object>> rows(String sql, NativePlan plan) throws Exception {
        List<List<Object>> all = new ArrayList<>();
        try (Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            for (int i = 0; i < plan.types().size(); i++) {
                String type = rows.getMetaData().getColumnTypeName(i + 1);
                LogicalType wanted = plan.types().get(i);
                if (!type.equals(NativeTypes.carrier(wanted).orElse(NativeTypes.name(wanted)))) {
                    throw new SQLException("Binder: column " + i + " is " + type + " and not " + wanted + " in " + sql);
                }
            }
            while (rows.next()) {
                List<Object> cells = new ArrayList<>();
                for (int i = 0; i < plan.types().size(); i++) {
                    cells.add(value(rows, i + 1, plan.types().get(i)));
                }
                all.add(cells);
            }
        }
        return all;
    }

    private static Object value(ResultSet rows, int column, LogicalType type) throws SQLException {
        return switch (type.getTypeRoot()) {
            case TIMESTAMP_WITHOUT_TIME_ZONE -> rows.getObject(column, LocalDateTime.class);
            case VARBINARY -> rows.getBytes(column);
            default -> rows.getObject(column);
        };
    }
}
