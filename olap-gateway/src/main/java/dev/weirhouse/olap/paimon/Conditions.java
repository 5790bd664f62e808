package dev.weirhouse.olap.paimon;

import dev.weirhouse.olap.paimon.ScanCondition.Literal;
import dev.weirhouse.olap.paimon.ScanCondition.Operand;
import dev.weirhouse.olap.paimon.ScanCondition.Parameter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.predicate.PredicateBuilder;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DecimalType;
import org.apache.paimon.types.RowType;

/** Conditions as Paimon's predicates, by which its scan leaves out partitions, buckets and files. */
final class Conditions {

    /** Before, calendars differ. */
    private static final LocalDate FIRST_DAY = LocalDate.of(1583, 1, 1);

    private Conditions() {}

    /**
     * The conditions that can be said of the table in Paimon's words, all of which hold.
     *
     * @param parameters the values of this run
     * @return null when there is none
     */
    static Predicate predicate(RowType row, List<ScanCondition> conditions, List<?> parameters) {
        List<Predicate> all = new ArrayList<>();
        for (ScanCondition condition : conditions) {
            int column = row.getFieldIndex(condition.column());
            if (column >= 0) {
                values(row.getTypeAt(column), condition.operands(), parameters)
                        .ifPresent(values -> all.add(predicate(new PredicateBuilder(row), column, condition, values)));
            }
        }
        return all.isEmpty() ? null : PredicateBuilder.and(all);
    }

    private static Predicate predicate(
            PredicateBuilder builder, int column, ScanCondition condition, List<Object> values) {
        return switch (condition.operator()) {
            case EQUAL -> builder.equal(column, values.get(0));
            case NOT_EQUAL -> builder.notEqual(column, values.get(0));
            case LESS -> builder.lessThan(column, values.get(0));
            case LESS_OR_EQUAL -> builder.lessOrEqual(column, values.get(0));
            case GREATER -> builder.greaterThan(column, values.get(0));
            case GREATER_OR_EQUAL -> builder.greaterOrEqual(column, values.get(0));
            case IN -> builder.in(column, values);
            case IS_NULL -> builder.isNull(column);
            case IS_NOT_NULL -> builder.isNotNull(column);
        };
    }

    /** Empty when one of the operands is no value of the type. */
    private static Optional<List<Object>> values(DataType type, List<Operand> operands, List<?> parameters) {
        List<Object> values = new ArrayList<>();
        for (Operand operand : operands) {
            Object given = null;
            if (operand instanceof Literal literal) {
                given = literal.value();
            } else if (operand instanceof Parameter parameter && parameter.index() < parameters.size()) {
                given = parameters.get(parameter.index());
            }
            Object value = value(type, given);
            if (value == null) {
                return Optional.empty();
            }
            values.add(value);
        }
        return Optional.of(values);
    }

    /** The value as Paimon has it in rows; null when it is not exactly one of the type. */
    private static Object value(DataType type, Object given) {
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> given instanceof Boolean ? given : null;
            case TINYINT -> isWhole(given, Byte.SIZE) ? ((Number) given).byteValue() : null;
            case SMALLINT -> isWhole(given, Short.SIZE) ? ((Number) given).shortValue() : null;
            case INTEGER -> isWhole(given, Integer.SIZE) ? ((Number) given).intValue() : null;
            case BIGINT -> isWhole(given, Long.SIZE) ? ((Number) given).longValue() : null;
            case DECIMAL -> decimal((DecimalType) type, given);
            case VARCHAR -> given instanceof String text ? BinaryString.fromString(text) : null;
            case DATE -> given instanceof LocalDate date && !date.isBefore(FIRST_DAY) ? (int) date.toEpochDay() : null;
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                given instanceof LocalDateTime time && !time.toLocalDate().isBefore(FIRST_DAY)
                        ? Timestamp.fromLocalDateTime(time)
                        : null;
            // Of CHAR, padding is in question; of FLOAT and DOUBLE, signed zeros and NaN.
            default -> null;
        };
    }

    private static boolean isWhole(Object given, int bits) {
        return (given instanceof Byte || given instanceof Short || given instanceof Integer || given instanceof Long)
                && BigInteger.valueOf(((Number) given).longValue()).bitLength() < bits;
    }

    private static Decimal decimal(DecimalType type, Object given) {
        if (!(given instanceof BigDecimal number) || number.stripTrailingZeros().scale() > type.getScale()) {
            return null;
        }
        return Decimal.fromBigDecimal(number, type.getPrecision(), type.getScale());
    }
}
