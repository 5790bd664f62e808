package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** A table of values at the ends and edges of their types, many of them null. */
public final class NastyTable {

    /** The types of its columns, by name; before them comes {@code id}. */
    public static final Map<String, String> COLUMNS = new LinkedHashMap<>();

    /** Flink's planner fails where it computes a FLOAT that is no number. */
    private static final String NOT_FOLDED = "IF(RAND() < 2, CAST('%s' AS DOUBLE), 0e0)";

    /** Columns of types that the native lane does not read. */
    static final List<String> NOT_READ = List.of("m9", "l3", "l6");

    /** Columns of types that it reads. */
    static final List<String> READ;

    /** How many of a column's values are not at the ends of its type; they stand before the others. */
    private static final int MILD = 3;

    private static final Map<String, List<String>> VALUES = new LinkedHashMap<>();

    static {
        column("t1", "TINYINT", "0", "1", "-1", "7", "127", "-128");
        column("s1", "SMALLINT", "0", "1", "-1", "300", "32767", "-32768");
        column("i1", "INT", "0", "1", "-7", "3", "2147483647", "-2147483648");
        column("i2", "INT", "0", "2", "5", "-3", "40", "1000");
        column("b1", "BIGINT", "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "12345678901");
        column("b2", "BIGINT", "0", "2", "-9", "77", "1000000", "-5");
        column(
                "d1",
                "DOUBLE",
                "0e0",
                "-0e0",
                "1.5e0",
                "-2.5e0",
                "1e300",
                "CAST('NaN' AS DOUBLE)",
                "CAST('Infinity' AS DOUBLE)",
                "CAST('-Infinity' AS DOUBLE)");
        column("d2", "DOUBLE", "0e0", "1e0", "-1e0", "0.1e0", "2.675e0", "123456789.125e0");
        column("f1", "FLOAT", "0", "1.5", "-0.1", "3.4e38");
        column(
                "f2",
                "FLOAT",
                "0e0",
                "-0e0",
                "0.1e0",
                "16777217e0",
                NOT_FOLDED.formatted("NaN"),
                NOT_FOLDED.formatted("-Infinity"));
        column("c1", "DECIMAL(10, 2)", "0.00", "0.01", "-0.05", "2.50", "99999999.99", "-99999999.99", "12.35");
        column("c2", "DECIMAL(20, 5)", "0.00000", "0.00005", "-1.50000", "2.49999", "'123456789012345.99999'");
        column(
                "c3",
                "DECIMAL(38, 10)",
                "0.0000000000",
                "0.0000000001",
                "-1.5555555555",
                "'1234567890123456789012345678.0123456789'");
        column("c4", "DECIMAL(15, 2)", "0.00", "1.00", "-0.01", "901.00", "104949.50", "0.05");
        column("v1", "STRING", "''", "'a'", "'A'", "'abc'", "' a '", "'aéb'", "'a😀b'", "'straße'", "'a%b'");
        column("v2", "STRING", "''", "'b'", "'ab'", "'x y'", "'O''Hare'", "'zzz'", "'12'");
        column("h1", "CHAR(3)", "'abc'", "'ab '", "'ab'", "''", "' éb'");
        column("x1", "VARBINARY(8)", "x''", "x'61'", "x'6100'", "x'ff00'", "x'e9'");
        column("o1", "BOOLEAN", "TRUE", "FALSE");
        column("o2", "BOOLEAN", "TRUE", "FALSE");
        column(
                "a1",
                "DATE",
                "DATE '1970-01-01'",
                "DATE '1969-12-31'",
                "DATE '2000-02-29'",
                "DATE '2001-12-31'",
                "DATE '1900-03-01'",
                "DATE '9999-12-31'");
        column("a2", "DATE", "DATE '2001-01-31'", "DATE '2001-01-01'", "DATE '2004-02-29'", "DATE '1999-12-31'");
        column(
                "m1",
                "TIMESTAMP(3)",
                "TIMESTAMP '1970-01-01 00:00:00'",
                "TIMESTAMP '2000-02-29 12:30:45.678'",
                "TIMESTAMP '2001-12-31 23:59:59.5'",
                "TIMESTAMP '1969-12-31 23:59:59.999'");
        column(
                "m2",
                "TIMESTAMP(6)",
                "TIMESTAMP '2001-01-31 00:00:00.000001'",
                "TIMESTAMP '2038-01-19 03:14:08'",
                "TIMESTAMP '1999-12-31 23:59:59.999999'",
                "TIMESTAMP '1969-07-20 20:17:40.999999'");
        column(
                "m0",
                "TIMESTAMP(0)",
                "TIMESTAMP '2001-02-28 23:59:59'",
                "TIMESTAMP '1970-01-01 00:00:00'",
                "TIMESTAMP '2000-01-01 00:00:01'",
                "TIMESTAMP '1969-12-31 23:59:59'");
        column(
                "m9",
                "TIMESTAMP(9)",
                "TIMESTAMP '2001-02-28 23:59:59.999999999'",
                "TIMESTAMP '1970-01-01 00:00:00.000000001'",
                "TIMESTAMP '2000-02-29 12:30:45.1'",
                "TIMESTAMP '1969-12-31 23:59:59.999999500'");
        // In some zones an hour or a day of these is missing, or is there twice.
        column(
                "l3",
                "TIMESTAMP_LTZ(3)",
                "TO_TIMESTAMP_LTZ(985485600000, 3)",
                "TIMESTAMP '2000-10-29 02:30:00.5'",
                "TIMESTAMP '2011-12-30 12:00:00'",
                "TO_TIMESTAMP_LTZ(-1, 3)");
        column(
                "l6",
                "TIMESTAMP_LTZ(6)",
                "TIMESTAMP '2001-04-01 02:30:00.000001'",
                "TO_TIMESTAMP_LTZ(0, 3)",
                "TIMESTAMP '1999-12-31 23:59:59.999999'",
                "TIMESTAMP '1969-07-20 20:17:40.999999'");
        READ = COLUMNS.keySet().stream()
                .filter(name -> !NOT_READ.contains(name))
                .toList();
    }

    private NastyTable() {}

    private static void column(String name, String type, String... values) {
        COLUMNS.put(name, type);
        VALUES.put(name, List.of(values));
    }

    /** The statement that makes it. */
    public static String create(String table, String clauses) {
        return "CREATE TABLE " + table + " (id INT, "
                + COLUMNS.entrySet().stream()
                        .map(column -> column.getKey() + " " + column.getValue())
                        .collect(Collectors.joining(", "))
                + ")" + clauses;
    }

    /**
     * Rows with ids from 0.
     *
     * @param mild without the values at the ends of their types, so that seldom anything overflows
     */
    public static String insert(String table, int rows, boolean mild, Random random) {
        List<TableColumn> columns = new ArrayList<>(List.of(TableColumn.ID));
        COLUMNS.keySet().forEach(column -> columns.add(column(column, mild)));
        return new Commit(0, 0, rows).into(table, columns, new Draw(random));
    }

    /**
     * One of its columns.
     *
     * @param mild without the values at the ends of its type
     */
    static TableColumn column(String name, boolean mild) {
        List<String> values = VALUES.get(name);
        return new TableColumn(
                name,
                COLUMNS.get(name),
                mild ? values.subList(0, Math.min(MILD, values.size())) : values,
                TableColumn.Rule.ANY);
    }

    /** What a column of the type is drawn as. */
    static Kind kind(String type) {
        return switch (type.replaceAll("[ (].*", "")) {
            case "TINYINT", "SMALLINT", "INT", "BIGINT" -> Kind.INT;
            case "DECIMAL" -> Kind.DECIMAL;
            case "FLOAT" -> Kind.FLOAT;
            case "DOUBLE" -> Kind.DOUBLE;
            case "STRING", "CHAR" -> Kind.TEXT;
            case "VARBINARY" -> Kind.BYTES;
            case "BOOLEAN" -> Kind.BOOL;
            case "DATE" -> Kind.DATE;
            case "TIMESTAMP" -> Kind.TIME;
            case "TIMESTAMP_LTZ" -> Kind.ZONED;
            default -> throw new IllegalArgumentException(type);
        };
    }
}
