package dev.weirhouse.consistency.diff;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.CheckError;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.postgresql.Driver;

/**
 * A table of a PostgreSQL database at one position: all is read in one transaction (REPEATABLE READ, READ ONLY), whose snapshot is
 * taken together with the position of the write-ahead log. Used by one thread.
 */
public final class SourceTable implements AutoCloseable {

    private static final int FETCH_ROWS = 10_000;
    private static final String CONNECT_SECONDS = "10";

    /** On a standby, how far it has come. */
    private static final String POSITION =
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END";

    private static final Set<LogicalTypeRoot> COMPARED = Set.of(
            LogicalTypeRoot.BOOLEAN,
            LogicalTypeRoot.TINYINT,
            LogicalTypeRoot.SMALLINT,
            LogicalTypeRoot.INTEGER,
            LogicalTypeRoot.BIGINT,
            LogicalTypeRoot.DECIMAL,
            LogicalTypeRoot.FLOAT,
            LogicalTypeRoot.DOUBLE,
            LogicalTypeRoot.CHAR,
            LogicalTypeRoot.VARCHAR,
            LogicalTypeRoot.BINARY,
            LogicalTypeRoot.VARBINARY,
            LogicalTypeRoot.DATE,
            LogicalTypeRoot.TIME_WITHOUT_TIME_ZONE,
            LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
            LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);

    private final String source;
    private final String table;
    private final Connection connection;
    private final Consumer<Runnable> cancelling;
    private final String position;
    private final Set<String> columns;

    private SourceTable(String source, String table, Connection connection, Consumer<Runnable> cancelling)
            throws SQLException {
        this.source = source;
        this.table = table;
        this.connection = connection;
        this.cancelling = cancelling;
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        try (Statement statement = statement();
                ResultSet row = statement.executeQuery(POSITION)) {
            row.next();
            this.position = row.getString(1);
        }
        try (Statement statement = statement();
                ResultSet none = statement.executeQuery("SELECT * FROM " + quotedTable() + " WHERE FALSE")) {
            ResultSetMetaData meta = none.getMetaData();
            this.columns = new LinkedHashSet<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                columns.add(meta.getColumnName(i));
            }
        }
    }

    /**
     * Connects, and begins the transaction.
     *
     * @param source what the database is called here
     * @param url as PostgreSQL's JDBC driver reads it, with who connects
     * @param table with its schema before it and a dot; without, as the database's search path finds it
     * @param cancelling is told what ends a query that is on its way
     * @throws WarehouseException SOURCE_FAILED
     */
    public static SourceTable open(String source, String url, String table, Consumer<Runnable> cancelling) {
        requireNonNull(table, "table is null");
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("ApplicationName", "weirhouse");
        try {
            Connection connection = new Driver().connect(url, properties);
            try {
                return new SourceTable(source, table, connection, cancelling);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failed(source, table, e);
        }
    }

    private static WarehouseException failed(String source, String table, SQLException e) {
        return new WarehouseException(
                CheckError.SOURCE_FAILED,
                "The table " + table + " of the database '" + source + "' cannot be read: "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                e);
    }

    private Statement statement() throws SQLException {
        Statement statement = connection.createStatement();
        statement.setFetchSize(FETCH_ROWS);
        cancelling.accept(() -> cancel(statement));
        return statement;
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String quotedTable() {
        return Arrays.stream(table.split("\\.", 2)).map(SourceTable::quoted).collect(Collectors.joining("."));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** The names of its columns. */
    Set<String> columns() {
        return columns;
    }

    /** What was read, as {@code shop:public.orders@0/16B3748}. */
    public String place() {
        return source + ":" + table + "@" + position;
    }

    /** Whether values of a type are compared with those of a database. */
    static boolean compares(LogicalType type) {
        return COMPARED.contains(type.getTypeRoot());
    }

    /**
     * Hands out all rows, the same each time.
     *
     * @param names of the columns
     * @param types that the table of the warehouse has them in
     * @param taker is given the values as {@link ValueText} has them
     * @throws WarehouseException SOURCE_FAILED
     */
    void read(List<String> names, List<LogicalType> types, Consumer<List<String>> taker) {
        String sql = "SELECT " + names.stream().map(SourceTable::quoted).collect(Collectors.joining(", ")) + " FROM "
                + quotedTable();
        try (Statement statement = statement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> values = new ArrayList<>(types.size());
                for (int i = 0; i < types.size(); i++) {
                    values.add(text(rows, i + 1, types.get(i)));
                }
                taker.accept(values);
            }
        } catch (SQLException e) {
            throw failed(source, table, e);
        } finally {
            cancelling.accept(() -> {});
        }
    }

    /** A value as the table of the warehouse would have it; as the database tells it where that cannot have it. */
    private static String text(ResultSet rows, int place, LogicalType type) throws SQLException {
        String told = rows.getString(place);
        if (told == null) {
            return null;
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> Boolean.toString(rows.getBoolean(place)).toUpperCase(Locale.ROOT);
            case TINYINT, SMALLINT, INTEGER, BIGINT -> number(told, 0);
            case DECIMAL -> number(told, ((DecimalType) type).getScale());
            case FLOAT -> Float.toString(rows.getFloat(place));
            case DOUBLE -> Double.toString(rows.getDouble(place));
            case BINARY, VARBINARY -> HexFormat.of().formatHex(rows.getBytes(place));
            case DATE -> rows.getObject(place, LocalDate.class).toString();
            case TIME_WITHOUT_TIME_ZONE ->
                rows.getObject(place, LocalTime.class)
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                isInfinite(told)
                        ? told
                        : ValueText.of(
                                TimestampData.fromLocalDateTime(rows.getObject(place, LocalDateTime.class)), type);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                isInfinite(told)
                        ? told
                        : ValueText.of(
                                TimestampData.fromInstant(rows.getObject(place, OffsetDateTime.class)
                                        .toInstant()),
                                type);
            default -> told;
        };
    }

    private static boolean isInfinite(String told) {
        return told.endsWith("infinity");
    }

    /** A number with so many digits behind its point; as it is told where it has more, or is none. */
    private static String number(String told, int scale) {
        try {
            return new BigDecimal(told)
                    .setScale(scale, RoundingMode.UNNECESSARY)
                    .toPlainString();
        } catch (ArithmeticException | NumberFormatException e) {
            return told;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(source, table, e);
        }
    }
}
