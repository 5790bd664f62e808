package dev.weirhouse.testkit.script;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.conversion.DataStructureConverter;
import org.apache.flink.table.data.conversion.DataStructureConverters;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;

/** A script's way through the gate itself, without a door. */
public final class SessionConnection implements ScriptConnection {

    private static final String TIME_ZONE = "table.local-time-zone";

    private final Session session;
    private final Lane lane;

    /** Takes the session over: closing the connection closes it. */
    public SessionConnection(Session session, Lane lane) {
        this.session = requireNonNull(session, "session is null");
        this.lane = requireNonNull(lane, "lane is null");
    }

    @Override
    public ScriptResult run(String sql) throws Exception {
        try (Answer answer = session.execute(sql, lane)) {
            if (!answer.kind().answersRows()) {
                // Asking is what waits for the end of a write.
                answer.affectedRows();
                return ScriptResult.none();
            }
            ResolvedSchema schema = answer.schema();
            List<Column> columns = columns(schema);
            List<List<String>> rows = new ArrayList<>();
            ValueText text = new ValueText(zone());
            try (CloseableIterator<RowData> read = answer.rows()) {
                while (read.hasNext()) {
                    RowData row = read.next();
                    rows.add(columns.stream()
                            .map(column -> text.of(column.value(row)))
                            .toList());
                    ScriptResult.checkBound(rows.size());
                }
            }
            return new ScriptResult(columns.stream().map(Column::kind).toList(), rows);
        }
    }

    @Override
    public void set(String key, String value) {
        session.set(key, value);
    }

    @Override
    public void close() {
        session.close();
    }

    private ZoneId zone() {
        String name = session.settings().getOrDefault(TIME_ZONE, "default");
        return name.equals("default") ? ZoneId.systemDefault() : ZoneId.of(name);
    }

    private static List<Column> columns(ResolvedSchema schema) {
        List<Column> columns = new ArrayList<>();
        for (DataType type : schema.getColumnDataTypes()) {
            columns.add(Column.of(type, columns.size()));
        }
        return columns;
    }

    /** How to read one column of a row. */
    record Column(ValueKind kind, RowData.FieldGetter field, DataStructureConverter<Object, Object> converter) {

        static Column of(DataType type, int position) {
            DataStructureConverter<Object, Object> converter = DataStructureConverters.getConverter(type);
            converter.open(Thread.currentThread().getContextClassLoader());
            LogicalType logicalType = type.getLogicalType();
            return new Column(kind(logicalType), RowData.createFieldGetter(logicalType, position), converter);
        }

        Object value(RowData row) {
            return converter.toExternalOrNull(field.getFieldOrNull(row));
        }

        private static ValueKind kind(LogicalType type) {
            return switch (type.getTypeRoot()) {
                case TINYINT, SMALLINT, INTEGER, BIGINT -> ValueKind.INTEGER;
                case FLOAT, DOUBLE, DECIMAL -> ValueKind.REAL;
                default -> ValueKind.TEXT;
            };
        }
    }
}
