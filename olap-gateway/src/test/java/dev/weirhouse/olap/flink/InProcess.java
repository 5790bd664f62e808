package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.paimon.TableFiles;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
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

    InProcess(Session session, TableFiles files, Connection duck) {
        this.session = session;
        this.files = files;
        this.duck = duck;
    }

    List<List<String>> flink(String sql) throws Exception {
        List<List<String>> all = new ArrayList<>();
        try (Answer answer = session.execute(sql, Lane.OLAP);
                CloseableIterator<RowData> rows = answer.rows()) {
            List<LogicalType> types = answer.schema().getColumnDataTypes().stream()
                    .map(DataType::getLogicalType)
                    .toList();
            while (rows.hasNext()) {
                RowData row = rows.next();
                List<String> cells = new ArrayList<>();
                for (int i = 0; i < types.size(); i++) {
                    Object value = RowData.createFieldGetter(types.get(i), i).getFieldOrNull(row);
                    cells.add(value == null ? null : text(value, types.get(i)));
                }
                all.add(cells);
            }
        }
        return all;
    }

    private static String text(Object value, LogicalType type) {
        return switch (type.getTypeRoot()) {
            case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                ((TimestampData) value).toLocalDateTime().toString();
            case DECIMAL -> ((DecimalData) value).toBigDecimal().toPlainString();
            default -> value.toString();
        };
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
        NativePlan natively = Relations.translate(plan.plan());
        List<TableFiles.Reading> readings = new ArrayList<>();
        try {
            List<String> relations = new ArrayList<>();
            for (NativePlan.Scan scan : natively.scans()) {
                FileStoreTable table =
                        plan.tables().find(scan.source()).orElseThrow().pinned();
                TableFiles.Reading reading = files.read(table, ScanSql.columns(scan));
                readings.add(reading);
                relations.add(reading.sql());
                throughPaimon += reading.throughPaimon();
            }
            return rows(ScanSql.sql(natively, natively.sql(), relations), natively);
        } finally {
            readings.forEach(TableFiles.Reading::close);
        }
    }

    /** How many files Paimon had to read for the engine, over all queries. */
    int throughPaimon() {
        return throughPaimon;
    }

    private List<List<String>> rows(String sql, NativePlan plan) throws SQLException {
        List<List<String>> all = new ArrayList<>();
        try (Statement statement = duck.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 0; i < plan.types().size(); i++) {
                    Object value = rows.getObject(i + 1);
                    cells.add(
                            value == null
                                    ? null
                                    : switch (plan.types().get(i).getTypeRoot()) {
                                        case DECIMAL -> ((BigDecimal) value).toPlainString();
                                        case TIMESTAMP_WITHOUT_TIME_ZONE ->
                                            rows.getObject(i + 1, LocalDateTime.class)
                                                    .toString();
                                        default -> value.toString();
                                    });
                }
                all.add(cells);
            }
        }
        return all;
    }
}
