package dev.weirhouse.olap.flight;

import dev.weirhouse.olap.OlapConfig;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.ListVector;

/**
 * What the server says of itself and of its SQL. Every item that the protocol knows has an answer, and of the kind that
 * the stock driver casts to: an item left out is a {@code NullPointerException} inside the client's tool.
 */
final class ServerInfo {

    /** The members of the union that carries the values, by their place in the protocol's schema. */
    private static final byte TEXT = 0;

    private static final byte TRUTH = 1;
    private static final byte LONG = 2;
    private static final byte BITS = 3;
    private static final byte TEXTS = 4;
    private static final byte CONVERSIONS = 5;

    private static final long NO_LIMIT = 0;
    private static final long IDENTIFIER_LENGTH = 128;

    private final Map<SqlInfo, Object> values = new EnumMap<>(SqlInfo.class);

    ServerInfo(OlapConfig config, String version) {
        describeServer(config, version);
        describeNames();
        describeFunctions();
        describeSql();
        describeLimits(config);
        describeTransactionsAndCursors();
    }

    private void describeServer(OlapConfig config, String version) {
        put(SqlInfo.FLIGHT_SQL_SERVER_NAME, "Weirhouse");
        put(SqlInfo.FLIGHT_SQL_SERVER_VERSION, version);
        put(SqlInfo.FLIGHT_SQL_SERVER_ARROW_VERSION, arrowVersion());
        put(SqlInfo.FLIGHT_SQL_SERVER_READ_ONLY, false);
        put(SqlInfo.FLIGHT_SQL_SERVER_SQL, true);
        put(SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT, false);
        put(SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT_MIN_VERSION, "");
        put(SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT_MAX_VERSION, "");
        put(SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION, SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE_VALUE);
        put(SqlInfo.FLIGHT_SQL_SERVER_CANCEL, true);
        put(SqlInfo.FLIGHT_SQL_SERVER_BULK_INGESTION, false);
        put(SqlInfo.FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED, false);
        put(SqlInfo.FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT, (int)
                Math.min(Integer.MAX_VALUE, config.queryTimeout().toMillis()));
        put(SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION_TIMEOUT, 0);
    }

    private static String arrowVersion() {
        String version = VectorSchemaRoot.class.getPackage().getImplementationVersion();
        return version == null ? "" : version;
    }

    private void describeNames() {
        put(SqlInfo.SQL_DDL_CATALOG, false);
        put(SqlInfo.SQL_DDL_SCHEMA, true);
        put(SqlInfo.SQL_DDL_TABLE, true);
        // The metastore keeps names in lower case, quoted or not.
        put(SqlInfo.SQL_IDENTIFIER_CASE, (long) SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_LOWERCASE_VALUE);
        put(SqlInfo.SQL_QUOTED_IDENTIFIER_CASE, (long)
                SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_LOWERCASE_VALUE);
        put(SqlInfo.SQL_IDENTIFIER_QUOTE_CHAR, "`");
        put(SqlInfo.SQL_SEARCH_STRING_ESCAPE, NamePattern.ESCAPE);
        put(SqlInfo.SQL_EXTRA_NAME_CHARACTERS, "");
        put(SqlInfo.SQL_SCHEMA_TERM, "database");
        put(SqlInfo.SQL_PROCEDURE_TERM, "procedure");
        put(SqlInfo.SQL_CATALOG_TERM, "catalog");
        put(SqlInfo.SQL_CATALOG_AT_START, true);
        // Bits 0 to 2: in procedure calls, index definitions, privilege definitions.
        put(SqlInfo.SQL_SCHEMAS_SUPPORTED_ACTIONS, 0b001);
        put(SqlInfo.SQL_CATALOGS_SUPPORTED_ACTIONS, 0b001);
        put(SqlInfo.SQL_ALL_TABLES_ARE_SELECTABLE, true);
        put(SqlInfo.SQL_NULL_ORDERING, (long) SqlNullOrdering.SQL_NULLS_SORTED_LOW_VALUE);
    }

    private void describeFunctions() {
        put(
                SqlInfo.SQL_KEYWORDS,
                List.of(
                        "BYTES",
                        "CATALOGS",
                        "DATABASES",
                        "EXPLAIN",
                        "MODULES",
                        "OVERWRITE",
                        "PARTITIONS",
                        "PARTITIONED",
                        "RAW",
                        "RESET",
                        "SHOW",
                        "STRING",
                        "TABLES",
                        "TIMESTAMP_LTZ",
                        "USE",
                        "VIEWS",
                        "WATERMARK",
                        "WATERMARKS"));
        put(
                SqlInfo.SQL_NUMERIC_FUNCTIONS,
                List.of(
                        "ABS",
                        "ACOS",
                        "ASIN",
                        "ATAN",
                        "ATAN2",
                        "CEILING",
                        "COS",
                        "COT",
                        "DEGREES",
                        "EXP",
                        "FLOOR",
                        "LN",
                        "LOG10",
                        "LOG2",
                        "MOD",
                        "PI",
                        "POWER",
                        "RADIANS",
                        "RAND",
                        "ROUND",
                        "SIGN",
                        "SIN",
                        "SQRT",
                        "TAN",
                        "TRUNCATE"));
        put(
                SqlInfo.SQL_STRING_FUNCTIONS,
                List.of(
                        "ASCII",
                        "CHAR_LENGTH",
                        "CHR",
                        "CONCAT",
                        "CONCAT_WS",
                        "INITCAP",
                        "INSTR",
                        "LEFT",
                        "LOCATE",
                        "LOWER",
                        "LPAD",
                        "LTRIM",
                        "OVERLAY",
                        "POSITION",
                        "REGEXP_EXTRACT",
                        "REGEXP_REPLACE",
                        "REPEAT",
                        "REPLACE",
                        "REVERSE",
                        "RIGHT",
                        "RPAD",
                        "RTRIM",
                        "SPLIT_INDEX",
                        "SUBSTRING",
                        "TRIM",
                        "UPPER"));
        put(SqlInfo.SQL_SYSTEM_FUNCTIONS, List.of("COALESCE", "CURRENT_DATABASE", "IF", "IFNULL", "NULLIF", "TYPEOF"));
        put(
                SqlInfo.SQL_DATETIME_FUNCTIONS,
                List.of(
                        "CURRENT_DATE",
                        "CURRENT_TIME",
                        "CURRENT_TIMESTAMP",
                        "DATE_FORMAT",
                        "DAYOFMONTH",
                        "DAYOFWEEK",
                        "DAYOFYEAR",
                        "EXTRACT",
                        "HOUR",
                        "LOCALTIME",
                        "LOCALTIMESTAMP",
                        "MINUTE",
                        "MONTH",
                        "NOW",
                        "QUARTER",
                        "SECOND",
                        "TIMESTAMPADD",
                        "TIMESTAMPDIFF",
                        "TO_DATE",
                        "TO_TIMESTAMP",
                        "WEEK",
                        "YEAR"));
    }

    private void describeSql() {
        put(SqlInfo.SQL_SUPPORTS_COLUMN_ALIASING, true);
        put(SqlInfo.SQL_NULL_PLUS_NULL_IS_NULL, true);
        // JDBC's CONVERT escape is not Flink's SQL: CAST is.
        put(SqlInfo.SQL_SUPPORTS_CONVERT, Map.of());
        put(SqlInfo.SQL_SUPPORTS_TABLE_CORRELATION_NAMES, true);
        put(SqlInfo.SQL_SUPPORTS_DIFFERENT_TABLE_CORRELATION_NAMES, false);
        put(SqlInfo.SQL_SUPPORTS_EXPRESSIONS_IN_ORDER_BY, true);
        put(SqlInfo.SQL_SUPPORTS_ORDER_BY_UNRELATED, true);
        put(SqlInfo.SQL_SUPPORTED_GROUP_BY, 0b11);
        put(SqlInfo.SQL_SUPPORTS_LIKE_ESCAPE_CLAUSE, true);
        put(SqlInfo.SQL_SUPPORTS_NON_NULLABLE_COLUMNS, true);
        put(SqlInfo.SQL_SUPPORTED_GRAMMAR, 0b011);
        put(SqlInfo.SQL_ANSI92_SUPPORTED_LEVEL, 0b001);
        put(SqlInfo.SQL_SUPPORTS_INTEGRITY_ENHANCEMENT_FACILITY, false);
        // Bits 1 and 2: limited and full outer joins; bit 0 would say that there are none.
        put(SqlInfo.SQL_OUTER_JOINS_SUPPORT_LEVEL, 0b110);
        put(SqlInfo.SQL_SUPPORTED_POSITIONED_COMMANDS, 0);
        put(SqlInfo.SQL_SELECT_FOR_UPDATE_SUPPORTED, false);
        put(SqlInfo.SQL_STORED_PROCEDURES_SUPPORTED, true);
        // Subqueries in comparisons, EXISTS and IN, not with quantifiers.
        put(SqlInfo.SQL_SUPPORTED_SUBQUERIES, 0b0111);
        put(SqlInfo.SQL_CORRELATED_SUBQUERIES_SUPPORTED, true);
        put(SqlInfo.SQL_SUPPORTED_UNIONS, 0b11);
    }

    private void describeLimits(OlapConfig config) {
        List<SqlInfo> unlimited = List.of(
                SqlInfo.SQL_MAX_BINARY_LITERAL_LENGTH,
                SqlInfo.SQL_MAX_CHAR_LITERAL_LENGTH,
                SqlInfo.SQL_MAX_COLUMNS_IN_GROUP_BY,
                SqlInfo.SQL_MAX_COLUMNS_IN_INDEX,
                SqlInfo.SQL_MAX_COLUMNS_IN_ORDER_BY,
                SqlInfo.SQL_MAX_COLUMNS_IN_SELECT,
                SqlInfo.SQL_MAX_COLUMNS_IN_TABLE,
                SqlInfo.SQL_MAX_CURSOR_NAME_LENGTH,
                SqlInfo.SQL_MAX_INDEX_LENGTH,
                SqlInfo.SQL_MAX_PROCEDURE_NAME_LENGTH,
                SqlInfo.SQL_MAX_ROW_SIZE,
                SqlInfo.SQL_MAX_STATEMENT_LENGTH,
                SqlInfo.SQL_MAX_TABLES_IN_SELECT,
                SqlInfo.SQL_MAX_USERNAME_LENGTH);
        unlimited.forEach(info -> put(info, NO_LIMIT));
        put(SqlInfo.SQL_MAX_COLUMN_NAME_LENGTH, IDENTIFIER_LENGTH);
        put(SqlInfo.SQL_DB_SCHEMA_NAME_LENGTH, IDENTIFIER_LENGTH);
        put(SqlInfo.SQL_MAX_CATALOG_NAME_LENGTH, IDENTIFIER_LENGTH);
        put(SqlInfo.SQL_MAX_TABLE_NAME_LENGTH, IDENTIFIER_LENGTH);
        put(SqlInfo.SQL_MAX_CONNECTIONS, (long) config.maxSessions());
        put(SqlInfo.SQL_MAX_STATEMENTS, (long) config.maxStatements());
        put(SqlInfo.SQL_MAX_ROW_SIZE_INCLUDES_BLOBS, true);
    }

    private void describeTransactionsAndCursors() {
        put(SqlInfo.SQL_DEFAULT_TRANSACTION_ISOLATION, (long) Connection.TRANSACTION_NONE);
        put(SqlInfo.SQL_TRANSACTIONS_SUPPORTED, false);
        put(SqlInfo.SQL_SUPPORTED_TRANSACTIONS_ISOLATION_LEVELS, 0b1);
        put(SqlInfo.SQL_DATA_DEFINITION_CAUSES_TRANSACTION_COMMIT, false);
        put(SqlInfo.SQL_DATA_DEFINITIONS_IN_TRANSACTIONS_IGNORED, false);
        // Bit 1: forward only, and, below, bit 1: read only.
        put(SqlInfo.SQL_SUPPORTED_RESULT_SET_TYPES, 0b10);
        put(SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_UNSPECIFIED, 0);
        put(SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_FORWARD_ONLY, 0b10);
        put(SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_SENSITIVE, 0);
        put(SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_INSENSITIVE, 0);
        put(SqlInfo.SQL_BATCH_UPDATES_SUPPORTED, true);
        put(SqlInfo.SQL_SAVEPOINTS_SUPPORTED, false);
        put(SqlInfo.SQL_NAMED_PARAMETERS_SUPPORTED, false);
        put(SqlInfo.SQL_LOCATORS_UPDATE_COPY, false);
        put(SqlInfo.SQL_STORED_FUNCTIONS_USING_CALL_SYNTAX_SUPPORTED, false);
    }

    private void put(SqlInfo info, Object value) {
        values.put(info, value);
    }

    boolean answers(SqlInfo info) {
        return values.containsKey(info);
    }

    /** Sends the items with these numbers, or all when there are none; a number that means nothing is left out. */
    void send(List<Integer> numbers, BufferAllocator allocator, ServerStreamListener listener) {
        List<SqlInfo> infos = new ArrayList<>(values.keySet());
        if (!numbers.isEmpty()) {
            infos.removeIf(info -> !numbers.contains(info.getNumber()));
        }
        try (VectorSchemaRoot root = VectorSchemaRoot.create(Schemas.GET_SQL_INFO_SCHEMA, allocator)) {
            root.getFieldVectors().forEach(vector -> vector.setInitialCapacity(Math.max(1, infos.size())));
            root.allocateNew();
            int[] used = new int[CONVERSIONS + 1];
            for (int i = 0; i < infos.size(); i++) {
                ((UInt4Vector) root.getVector(0)).setSafe(i, infos.get(i).getNumber());
                write((DenseUnionVector) root.getVector(1), i, values.get(infos.get(i)), used);
            }
            root.setRowCount(infos.size());
            listener.start(root);
            listener.putNext();
            listener.completed();
        }
    }

    private static void write(DenseUnionVector union, int index, Object value, int[] used) {
        byte member = member(value);
        int place = used[member]++;
        union.setTypeId(index, member);
        union.getOffsetBuffer().setInt((long) index * DenseUnionVector.OFFSET_WIDTH, place);
        switch (member) {
            case TEXT -> ((VarCharVector) union.getVectorByType(member)).setSafe(place, utf8(value));
            case TRUTH -> ((BitVector) union.getVectorByType(member)).setSafe(place, (Boolean) value ? 1 : 0);
            case LONG -> ((BigIntVector) union.getVectorByType(member)).setSafe(place, (Long) value);
            case BITS -> ((IntVector) union.getVectorByType(member)).setSafe(place, (Integer) value);
            case TEXTS -> writeTexts((ListVector) union.getVectorByType(member), place, (List<?>) value);
            default -> writeNoConversions((ListVector) union.getVectorByType(member), place);
        }
    }

    private static byte member(Object value) {
        if (value instanceof String) {
            return TEXT;
        } else if (value instanceof Boolean) {
            return TRUTH;
        } else if (value instanceof Long) {
            return LONG;
        } else if (value instanceof Integer) {
            return BITS;
        }
        return value instanceof List ? TEXTS : CONVERSIONS;
    }

    private static void writeTexts(ListVector vector, int place, List<?> texts) {
        int start = vector.startNewValue(place);
        for (int i = 0; i < texts.size(); i++) {
            ((VarCharVector) vector.getDataVector()).setSafe(start + i, utf8(texts.get(i)));
        }
        vector.endValue(place, texts.size());
    }

    private static void writeNoConversions(ListVector vector, int place) {
        vector.startNewValue(place);
        vector.endValue(place, 0);
    }

    private static byte[] utf8(Object text) {
        return ((String) text).getBytes(StandardCharsets.UTF_8);
    }
}
