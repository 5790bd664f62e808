package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.fuzz.Outcome;
import dev.weirhouse.olap.fuzz.Outcome.Column;
import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import dev.weirhouse.olap.fuzz.Reference;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimestampType;

/** The two lanes of a session in this process, for the generator of queries: itself it is Flink's. */
final class InProcessLanes implements Reference {

    private final Session session;
    private final InProcess both;
    private String lastSql;
    private QueryPlan lastPlan;

    InProcessLanes(Session session, InProcess both) {
        this.session = session;
        this.both = both;
    }

    @Override
    public List<Column> columns(String sql) {
        ResolvedSchema schema = session.prepare(sql).schema();
        return columns(types(schema), schema);
    }

    @Override
    public Outcome run(String sql) {
        try (Answer answer = session.execute(sql, Lane.OLAP)) {
            List<LogicalType> types = types(answer.schema());
            List<List<String>> rows = new ArrayList<>();
            for (List<Object> row : InProcess.values(answer)) {
                rows.add(texts(row, types));
            }
            return new Rows(columns(types, answer.schema()), rows);
        } catch (Exception | AssertionError e) {
            return new Failed(failure(e), message(e));
        }
    }

    Outcome natively(String sql) {
        return natively(sql, UnaryOperator.identity());
    }

    /** @param change what is done to the text before DuckDB gets it */
    Outcome natively(String sql, UnaryOperator<String> change) {
        QueryPlan plan;
        try {
            // A query is asked for several times on end, each time with another change.
            plan = sql.equals(lastSql) ? lastPlan : both.plan(sql);
        } catch (RuntimeException | AssertionError e) {
            return new Failed(Failure.STATEMENT, message(e));
        }
        lastSql = sql;
        lastPlan = plan;
        try {
            InProcess.Native answer = both.answer(plan, change);
            List<List<String>> rows = new ArrayList<>();
            for (List<Object> row : answer.rows()) {
                rows.add(texts(row, answer.types()));
            }
            return new Rows(columns(answer.types(), plan.schema()), rows);
        } catch (NotNative e) {
            return new Refused(e.getMessage());
        } catch (SQLException e) {
            boolean translation = Stream.of("Binder", "Parser", "Catalog", "INTERNAL", "Not implemented")
                    .anyMatch(kind -> String.valueOf(e.getMessage()).startsWith(kind));
            return new Failed(translation ? Failure.TRANSLATION : Failure.DATA, e.getMessage());
        } catch (Exception e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static String message(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return thrown.getMessage() + (cause == thrown ? "" : " <- " + cause);
    }

    private static Failure failure(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (Failure.isDefect(cause.toString())) {
                return Failure.DEFECT;
            }
        }
        return thrown instanceof WarehouseException error && error.code().type() == ErrorType.INTERNAL
                ? Failure.DEFECT
                : Failure.DATA;
    }

    private static List<LogicalType> types(ResolvedSchema schema) {
        return schema.getColumnDataTypes().stream()
                .map(DataType::getLogicalType)
                .toList();
    }

    private static List<Column> columns(List<LogicalType> types, ResolvedSchema schema) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add(new Column(
                    types.get(i).copy(true).asSummaryString(),
                    types(schema).get(i).isNullable()));
        }
        return columns;
    }

    private static List<String> texts(List<Object> row, List<LogicalType> types) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            texts.add(row.get(i) == null ? null : text(row.get(i), types.get(i)));
        }
        return texts;
    }

    private static String text(Object value, LogicalType type) {
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> value.toString().toUpperCase(Locale.ROOT);
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case TIMESTAMP_WITHOUT_TIME_ZONE -> {
                int digits = ((TimestampType) type).getPrecision();
                yield DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss" + (digits == 0 ? "" : "." + "S".repeat(digits)))
                        .format((LocalDateTime) value);
            }
            case VARBINARY -> new String((byte[]) value, StandardCharsets.UTF_8);
            default -> Objects.toString(value);
        };
    }
}
