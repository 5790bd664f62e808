package dev.weirhouse.olap.flight;

import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.memory.BufferAllocator;

/** The types that a column can have, as ODBC and JDBC describe types; in the order of their JDBC numbers. */
final class XdbcTypes {

    /**
     * One type.
     *
     * @param name the word in SQL
     * @param jdbcType the number in {@link Types}
     * @param size the most digits, characters or bytes; null where that says nothing
     * @param quote what literals begin with; null for none
     * @param parameters what stands in brackets after the word
     * @param maxScale the most digits after the point or of fractions of a second; null where there are none
     */
    private record XdbcType(
            String name, int jdbcType, Integer size, String quote, List<String> parameters, Integer maxScale) {

        boolean isNumber() {
            return switch (jdbcType) {
                case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> true;
                case Types.DECIMAL, Types.FLOAT, Types.DOUBLE -> true;
                default -> false;
            };
        }

        boolean isText() {
            return jdbcType == Types.CHAR || jdbcType == Types.VARCHAR;
        }
    }

    private static final String TEXT = "'";
    private static final List<String> NONE = List.of();
    private static final List<String> LENGTH = List.of("length");
    private static final List<String> PRECISION = List.of("precision");

    private static final List<XdbcType> ALL = List.of(
            new XdbcType("TINYINT", Types.TINYINT, 3, null, NONE, null),
            new XdbcType("BIGINT", Types.BIGINT, 19, null, NONE, null),
            new XdbcType("VARBINARY", Types.VARBINARY, Integer.MAX_VALUE, "X'", LENGTH, null),
            new XdbcType("BINARY", Types.BINARY, Integer.MAX_VALUE, "X'", LENGTH, null),
            new XdbcType("CHAR", Types.CHAR, Integer.MAX_VALUE, TEXT, LENGTH, null),
            new XdbcType("DECIMAL", Types.DECIMAL, 38, null, List.of("precision", "scale"), 38),
            new XdbcType("INT", Types.INTEGER, 10, null, NONE, null),
            new XdbcType("SMALLINT", Types.SMALLINT, 5, null, NONE, null),
            new XdbcType("FLOAT", Types.FLOAT, 7, null, NONE, null),
            new XdbcType("DOUBLE", Types.DOUBLE, 15, null, NONE, null),
            new XdbcType("VARCHAR", Types.VARCHAR, Integer.MAX_VALUE, TEXT, LENGTH, null),
            new XdbcType("STRING", Types.VARCHAR, Integer.MAX_VALUE, TEXT, NONE, null),
            new XdbcType("BOOLEAN", Types.BOOLEAN, 1, null, NONE, null),
            new XdbcType("DATE", Types.DATE, 10, "DATE '", NONE, null),
            new XdbcType("TIME", Types.TIME, 12, "TIME '", PRECISION, 3),
            new XdbcType("TIMESTAMP", Types.TIMESTAMP, 29, "TIMESTAMP '", PRECISION, 9),
            new XdbcType("TIMESTAMP_LTZ", Types.TIMESTAMP, 29, null, PRECISION, 9),
            new XdbcType("ROW", Types.JAVA_OBJECT, null, null, NONE, null),
            new XdbcType("MAP", Types.JAVA_OBJECT, null, null, NONE, null),
            new XdbcType("ARRAY", Types.ARRAY, null, null, NONE, null));

    private XdbcTypes() {}

    /** @param jdbcType the number of the types asked for; null for all */
    static void send(Integer jdbcType, BufferAllocator allocator, ServerStreamListener listener) {
        try (VectorTable answer = new VectorTable(Schemas.GET_TYPE_INFO_SCHEMA, allocator)) {
            for (XdbcType type : ALL) {
                if (jdbcType == null || jdbcType == type.jdbcType()) {
                    add(type, answer);
                }
            }
            answer.send(listener);
        }
    }

    private static void add(XdbcType type, VectorTable answer) {
        boolean number = type.isNumber();
        answer.add(
                type.name(),
                type.jdbcType(),
                type.size(),
                type.quote(),
                type.quote() == null ? null : TEXT,
                type.parameters(),
                DatabaseMetaData.typeNullable,
                type.isText(),
                type.isText() ? DatabaseMetaData.typeSearchable : DatabaseMetaData.typePredBasic,
                number ? Boolean.FALSE : null,
                type.jdbcType() == Types.DECIMAL,
                number ? Boolean.FALSE : null,
                type.name(),
                type.maxScale() == null ? null : 0,
                type.maxScale(),
                type.jdbcType(),
                null,
                number ? 10 : null,
                null);
    }
}
