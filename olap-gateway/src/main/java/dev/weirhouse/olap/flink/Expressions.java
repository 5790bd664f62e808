package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.flink.OpenValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUnknownAs;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.Sarg;
import org.apache.calcite.util.TimestampString;
import org.apache.flink.calcite.shaded.com.google.common.collect.Range;
import org.apache.flink.calcite.shaded.com.google.common.collect.RangeSet;
import org.apache.flink.table.planner.calcite.FlinkTypeFactory;
import org.apache.flink.table.planner.calcite.FlinkTypeSystem;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Writes Flink's typed expressions as DuckDB's SQL. What is written has exactly the type of the expression; where DuckDB
 * would give another value, it either raises an error, upon which Flink is asked, or the expression is refused here.
 */
final class Expressions {

    /** What DuckDB moves across a comparison. */
    private static final Set<SqlKind> MOVED =
            EnumSet.of(SqlKind.CAST, SqlKind.PLUS, SqlKind.MINUS, SqlKind.TIMES, SqlKind.DIVIDE, SqlKind.MINUS_PREFIX);

    private final IntFunction<String> columns;
    private final boolean narrow;

    /**
     * @param narrow whether decimals are computed in 64 bits where their values may be expected to fit, as DuckDB itself
     *     would: such an expression has fewer digits than its type, and is an error for a value that needs more
     */
    Expressions(boolean narrow) {
        this(index -> "c" + index, narrow);
    }

    private Expressions(IntFunction<String> columns, boolean narrow) {
        this.columns = columns;
        this.narrow = narrow;
    }

    /** Whether decimals may have fewer digits than their types. */
    boolean isNarrow() {
        return narrow;
    }

    /** These over another input. */
    Expressions over(IntFunction<String> others) {
        return new Expressions(others, narrow);
    }

    /** The expression's text, of the expression's own type; a decimal may have fewer digits. */
    String sql(RexNode node) throws NotNative {
        if (node instanceof RexInputRef column) {
            NativeTypes.name(type(node));
            return columns.apply(column.getIndex());
        }
        if (node instanceof RexLiteral literal) {
            return literal(literal, narrow ? Decimals.narrow(literal, type(node)) : type(node));
        }
        OptionalInt open = OpenValue.find(node);
        if (open.isPresent()) {
            return OpenValues.place(open.getAsInt());
        }
        if (node instanceof RexCall call) {
            return call(call);
        }
        throw new NotNative(Reason.FUNCTION, "an expression of kind " + node.getKind());
    }

    /** The expression's text, of another type that takes its values without loss, such as a nullable one. */
    String sql(RexNode node, RelDataType wanted) throws NotNative {
        LogicalType from = type(node);
        LogicalType to = FlinkTypeFactory.toLogicalType(wanted);
        String sql = sql(node);
        return NativeTypes.name(from).equals(NativeTypes.name(to)) ? sql : Casts.sql(sql, from, to);
    }

    private String call(RexCall call) throws NotNative {
        if (call.getKind() == SqlKind.SEARCH) {
            return search(call);
        }
        if (call.getKind() == SqlKind.CAST) {
            RexNode operand = call.getOperands().get(0);
            if (operand instanceof RexLiteral literal && literal.isNull()) {
                return "CAST(NULL AS " + NativeTypes.name(type(call)) + ")";
            }
            if (narrow && Decimals.isNarrow(call)) {
                return sql(operand);
            }
            return Casts.sql(sql(operand), type(operand), type(call));
        }
        List<String> arguments = new ArrayList<>();
        List<LogicalType> types = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            types.add(isSymbol(operand) ? null : type(operand));
            arguments.add(isSymbol(operand) || isInterval(operand) ? null : sql(operand));
        }
        return Functions.sql(new Call(call, arguments, types, type(call), narrow));
    }

    private String search(RexCall call) throws NotNative {
        RexBuilder builder = new RexBuilder(
                new FlinkTypeFactory(Thread.currentThread().getContextClassLoader(), FlinkTypeSystem.INSTANCE));
        RexNode operand = call.getOperands().get(0);
        RexLiteral wanted =
                (RexLiteral) Searches.withBlanks(builder, call).getOperands().get(1);
        Sarg<?> ranges = wanted.getValueAs(Sarg.class);
        boolean isList = ranges.isPoints() || ranges.isComplementedPoints();
        LogicalType type = type(operand);
        if (isList && (NativeTypes.isFloating(type) || type.is(LogicalTypeRoot.VARBINARY))) {
            // Flink looks the bits up in a set, where -0.0 is not 0.0, and no array of bytes is another.
            throw new NotNative(Reason.KEY, "IN of " + type(wanted).copy(true).asSummaryString());
        }
        if (isList
                && ranges.nullAs == RexUnknownAs.UNKNOWN
                && (NativeTypes.isInteger(type) || NativeTypes.isText(type) || NativeTypes.isDate(type))) {
            List<String> values = new ArrayList<>();
            RangeSet<?> points = ranges.isPoints() ? ranges.rangeSet : ranges.rangeSet.complement();
            for (Range<?> point : points.asRanges()) {
                values.add(sql(builder.makeLiteral(point.lowerEndpoint(), wanted.getType(), true, true)));
            }
            return "(" + opaque(operand, sql(operand)) + (ranges.isPoints() ? " IN (" : " NOT IN (")
                    + String.join(", ", values) + "))";
        }
        return sql(Searches.expand(builder, call));
    }

    private static String opaque(RexNode node, String sql) {
        if (!MOVED.contains(node.getKind()) || RexUtil.isLiteral(node, true)) {
            return sql;
        }
        if (node.getKind() == SqlKind.DIVIDE && !NativeTypes.isInteger(type(node))) {
            // It is a CASE already.
            return sql;
        }
        return NativeTypes.isInteger(type(node))
                ? "(" + sql + " | 0)"
                : "CASE WHEN " + sql + " IS NOT NULL THEN " + sql + " END";
    }

    private static boolean isSymbol(RexNode node) {
        return node instanceof RexLiteral literal && literal.getTypeName() == SqlTypeName.SYMBOL;
    }

    private static boolean isInterval(RexNode node) {
        return SqlTypeName.INTERVAL_TYPES.contains(node.getType().getSqlTypeName());
    }

    static LogicalType type(RexNode node) {
        return FlinkTypeFactory.toLogicalType(node.getType());
    }

    /**
     * A call on its way to {@link Functions}.
     *
     * @param arguments the operands' texts; null for a symbol or an interval, which only the call itself tells
     * @param types the operands' types; null for a symbol
     * @param type the result's type
     * @param narrow whether decimals may have fewer digits than their types
     */
    record Call(RexCall rex, List<String> arguments, List<LogicalType> types, LogicalType type, boolean narrow) {

        String argument(int index) throws NotNative {
            if (arguments.get(index) == null) {
                throw new NotNative(Reason.TYPE, "an interval that is not written out");
            }
            return arguments.get(index);
        }

        /**
         * The operand in a form that DuckDB leaves as it is. It moves a cast or a sum from one side of a comparison to the
         * constant on the other side, and then an overflow, upon which Flink is to be asked, does not happen.
         */
        String opaque(int index) {
            return Expressions.opaque(rex.getOperands().get(index), arguments.get(index));
        }

        LogicalType type(int index) {
            return types.get(index);
        }

        int size() {
            return arguments.size();
        }

        /** The operand's value when it is a literal that is not null; else null. */
        <T> T literal(int index, Class<T> as) {
            RexNode operand = rex.getOperands().get(index);
            return operand instanceof RexLiteral literal && !literal.isNull() ? literal.getValueAs(as) : null;
        }

        /** The result's type in DuckDB. */
        String duck() throws NotNative {
            return NativeTypes.name(type);
        }

        String cast(String sql) throws NotNative {
            return "CAST(" + sql + " AS " + duck() + ")";
        }
    }

    private static String literal(RexLiteral literal, LogicalType type) throws NotNative {
        String name = NativeTypes.name(type);
        if (literal.isNull()) {
            return "CAST(NULL AS " + name + ")";
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> literal.getValueAs(Boolean.class) ? "TRUE" : "FALSE";
            case TINYINT, SMALLINT, INTEGER, BIGINT ->
                "CAST(" + integer(literal.getValueAs(BigDecimal.class)) + " AS " + name + ")";
            case DECIMAL -> "CAST('" + literal.getValueAs(BigDecimal.class).toPlainString() + "' AS " + name + ")";
            case FLOAT -> {
                float value = literal.getValueAs(BigDecimal.class).floatValue();
                if (Float.isInfinite(value)) {
                    throw new NotNative(Reason.LITERAL, "a FLOAT beyond its range");
                }
                yield "CAST('" + value + "' AS FLOAT)";
            }
            case DOUBLE -> "CAST('" + literal.getValueAs(BigDecimal.class).doubleValue() + "' AS DOUBLE)";
            case CHAR, VARCHAR -> {
                String value = literal.getValueAs(NlsString.class).getValue();
                if (type.is(LogicalTypeRoot.CHAR) && value.codePointCount(0, value.length()) != value.length()) {
                    // Flink counts its length in UTF-16 and pads it.
                    throw new NotNative(Reason.LITERAL, "a CHAR literal beyond the basic plane");
                }
                yield text(value);
            }
            case VARBINARY -> "unhex('" + literal.getValueAs(ByteString.class).toString(16) + "')";
            case DATE -> "DATE '" + inRange(literal.getValueAs(DateString.class).toString()) + "'";
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                name + " '" + inRange(literal.getValueAs(TimestampString.class).toString()) + "'";
            default ->
                throw new NotNative(
                        Reason.LITERAL, "a literal of type " + type.copy(true).asSummaryString());
        };
    }

    private static String integer(BigDecimal value) throws NotNative {
        try {
            return value.toBigIntegerExact().toString();
        } catch (ArithmeticException e) {
            throw new NotNative(Reason.LITERAL, "a literal that is no whole number");
        }
    }

    /** Flink's calendar has a gap in 1582, DuckDB's has none. */
    private static String inRange(String date) throws NotNative {
        if (date.compareTo("1583") < 0) {
            throw new NotNative(Reason.LITERAL, "a date before 1583");
        }
        return date;
    }

    static String text(String value) throws NotNative {
        if (value.indexOf('\0') >= 0 || value.indexOf(OpenValues.MARK) >= 0) {
            throw new NotNative(Reason.LITERAL, "a text with a control character");
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                if (!Character.isHighSurrogate(value.charAt(i))
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(++i))) {
                    throw new NotNative(Reason.LITERAL, "a text with half a character");
                }
            }
        }
        return "'" + value.replace("'", "''") + "'";
    }

    static boolean isNullLiteral(RexNode node) {
        return node instanceof RexLiteral literal && literal.isNull();
    }
}
