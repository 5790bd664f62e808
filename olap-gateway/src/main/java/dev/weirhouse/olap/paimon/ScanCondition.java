package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What is known of all rows that a reader of a table wants; files that can have no such row are not read. A row for which
 * the condition is not known to be true is not wanted.
 *
 * @param column its name
 * @param operands one; for {@code IN} at least one; for {@code IS_NULL} and {@code IS_NOT_NULL} none
 */
public record ScanCondition(String column, Operator operator, List<Operand> operands) {
    public ScanCondition {
        requireNonNull(column, "column is null");
        requireNonNull(operator, "operator is null");
        operands = List.copyOf(operands);
    }

    /** How the column's value is compared with the operands. */
    public enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        IS_NULL,
        IS_NOT_NULL
    }

    /** What a column is compared with. */
    public sealed interface Operand permits Literal, Parameter {}

    /**
     * A value that the query's text gives.
     *
     * @param value a Boolean, a whole number, a BigDecimal, a String, a LocalDate or a LocalDateTime
     */
    public record Literal(Object value) implements Operand {
        public Literal {
            requireNonNull(value, "value is null");
        }
    }

    /**
     * A value that is given with each run of a query, in the form of a literal's; null where it is not known to be one.
     *
     * @param index from 0
     */
    public record Parameter(int index) implements Operand {}
}
