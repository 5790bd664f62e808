package dev.weirhouse.catalog.flink;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexExecutor;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * A value in a plan that is known only when the query runs. Calcite has a node for it, which Flink's optimiser cannot
 * print; a call of a function that is never folded serves it as well.
 */
public final class OpenValue {

    private static final SqlFunction OPERATOR = new SqlFunction(
            "OPEN_VALUE",
            SqlKind.OTHER_FUNCTION,
            // Its type is given to each call.
            ReturnTypes.ARG0,
            null,
            OperandTypes.NUMERIC,
            SqlFunctionCategory.SYSTEM);

    private OpenValue() {}

    /** The number of the value that an expression stands for. */
    public static OptionalInt find(RexNode node) {
        return node instanceof RexCall call && call.getOperator() == OPERATOR
                ? OptionalInt.of(((RexLiteral) call.getOperands().get(0)).getValueAs(Integer.class))
                : OptionalInt.empty();
    }

    /** The plan with calls in the place of Calcite's parameters. */
    static RelNode inPlaceOfParameters(RelNode root) {
        RexBuilder builder = root.getCluster().getRexBuilder();
        return root.accept(new RelHomogeneousShuttle() {
            private final RexShuttle expressions = new RexShuttle() {
                @Override
                public RexNode visitDynamicParam(RexDynamicParam parameter) {
                    RexNode number = builder.makeExactLiteral(
                            BigDecimal.valueOf(parameter.getIndex()),
                            builder.getTypeFactory().createSqlType(SqlTypeName.INTEGER));
                    return builder.makeCall(parameter.getType(), OPERATOR, List.of(number));
                }

                @Override
                public RexNode visitSubQuery(RexSubQuery subQuery) {
                    RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
                    return visited.clone(inPlaceOfParameters(visited.rel));
                }
            };

            @Override
            public RelNode visit(RelNode other) {
                return super.visit(other).accept(expressions);
            }
        });
    }

    /** Keeps a planner from folding expressions whose value is open. */
    static void keepOpen(RelOptPlanner planner) {
        RexExecutor folding = planner.getExecutor();
        planner.setExecutor((builder, constants, folded) -> {
            List<RexNode> closed =
                    constants.stream().filter(constant -> !isOpen(constant)).toList();
            List<RexNode> values = new ArrayList<>();
            if (!closed.isEmpty()) {
                folding.reduce(builder, closed, values);
            }
            int next = 0;
            for (RexNode constant : constants) {
                folded.add(isOpen(constant) ? constant : values.get(next++));
            }
        });
    }

    private static boolean isOpen(RexNode node) {
        return node instanceof RexCall call
                && (call.getOperator() == OPERATOR
                        || call.getOperands().stream().anyMatch(OpenValue::isOpen));
    }
}
