package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.flink.OpenValue;
import dev.weirhouse.olap.paimon.ScanCondition.Literal;
import dev.weirhouse.olap.paimon.ScanCondition.Operand;
import dev.weirhouse.olap.paimon.ScanCondition.Parameter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimestampString;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** The values that columns are compared with: constants, and values that were left open. */
final class ColumnValues {

    private ColumnValues() {}

    /** What an expression without columns is to a column of the type, if it is compared as a value of the same kind. */
    static Optional<Operand> find(RexNode node, LogicalType column) {
        LogicalType own = Expressions.type(node);
        if (!isOfOneKind(own, column)) {
            return Optional.empty();
        }
        OptionalInt open = OpenValue.find(node);
        if (open.isPresent()) {
            return Optional.of(new Parameter(open.getAsInt()));
        }
        if (node.getKind() == SqlKind.CAST) {
            RexNode operand = ((RexCall) node).getOperands().get(0);
            return isExact(Expressions.type(operand), own) ? find(operand, column) : Optional.empty();
        }
        return node instanceof RexLiteral literal && !literal.isNull()
                ? constant(literal, column).map(Literal::new)
                : Optional.empty();
    }

    private static boolean isOfOneKind(LogicalType own, LogicalType column) {
        return switch (column.getTypeRoot()) {
            case BOOLEAN, DATE, TIMESTAMP_WITHOUT_TIME_ZONE -> own.is(column.getTypeRoot());
            case TINYINT, SMALLINT, INTEGER, BIGINT -> NativeTypes.isInteger(own);
            case DECIMAL -> NativeTypes.isInteger(own) || NativeTypes.isDecimal(own);
            case VARCHAR -> NativeTypes.isText(own);
            default -> false;
        };
    }

    /** Whether a cast loses nothing and changes nothing. */
    private static boolean isExact(LogicalType from, LogicalType to) {
        if (NativeTypes.isInteger(from) && NativeTypes.isInteger(to)) {
            return LogicalTypeChecks.getPrecision(to) >= LogicalTypeChecks.getPrecision(from);
        }
        if (NativeTypes.isText(from) && to.is(LogicalTypeRoot.VARCHAR)) {
            return LogicalTypeChecks.getLength(to) >= LogicalTypeChecks.getLength(from);
        }
        return from.copy(true).equals(to.copy(true));
    }

    private static Optional<Object> constant(RexLiteral literal, LogicalType column) {
        return switch (column.getTypeRoot()) {
            case BOOLEAN -> Optional.of(literal.getValueAs(Boolean.class));
            case TINYINT, SMALLINT, INTEGER, BIGINT -> Optional.of(literal.getValueAs(Long.class));
            case DECIMAL -> Optional.of(literal.getValueAs(BigDecimal.class));
            case VARCHAR -> Optional.of(literal.getValueAs(NlsString.class).getValue());
            case DATE ->
                Optional.of(LocalDate.parse(literal.getValueAs(DateString.class).toString()));
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                Optional.of(LocalDateTime.parse(
                        literal.getValueAs(TimestampString.class).toString().replace(' ', 'T')));
            default -> Optional.empty();
        };
    }
}
