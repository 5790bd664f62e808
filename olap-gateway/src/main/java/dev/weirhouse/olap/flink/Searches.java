package dev.weirhouse.olap.flink;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.Sarg;

/**
 * Calcite's SEARCH, by which it writes several comparisons with constants as one. Its expansion cuts the blanks off the end
 * of constants of type CHAR, which Flink does not; so these are made VARCHAR first.
 */
final class Searches {

    private Searches() {}

    /** An expression with each SEARCH as the comparisons that it stands for. */
    static RexNode expand(RexBuilder builder, RexNode node) {
        RexNode whole = node.accept(new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                return call.getKind() == SqlKind.SEARCH ? withBlanks(builder, call) : super.visitCall(call);
            }
        });
        return RexUtil.expandSearch(builder, null, whole);
    }

    /** A SEARCH whose constants keep the blanks at their ends. */
    static RexCall withBlanks(RexBuilder builder, RexCall search) {
        RexLiteral ranges = (RexLiteral) search.getOperands().get(1);
        RelDataType type = ranges.getType();
        if (type.getSqlTypeName() != SqlTypeName.CHAR) {
            return search;
        }
        RelDataTypeFactory types = builder.getTypeFactory();
        RelDataType text = types.createTypeWithNullability(
                types.createTypeWithCharsetAndCollation(
                        types.createSqlType(SqlTypeName.VARCHAR, type.getPrecision()),
                        type.getCharset(),
                        type.getCollation()),
                type.isNullable());
        return (RexCall) builder.makeCall(
                search.getType(),
                search.getOperator(),
                List.of(
                        search.getOperands().get(0),
                        builder.makeSearchArgumentLiteral(ranges.getValueAs(Sarg.class), text)));
    }
}
