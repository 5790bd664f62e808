package dev.weirhouse.olap.flink;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.flink.table.planner.calcite.FlinkTypeFactory;
import org.apache.flink.table.planner.calcite.FlinkTypeSystem;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalCalc;
import org.apache.flink.table.types.logical.LogicalType;

/** Which entries of {@link Functions#admitted()} a plan's expressions fall under. */
final class AdmissionsUsed extends RexShuttle {

    private final Set<Admitted> used = new LinkedHashSet<>();

    private AdmissionsUsed() {}

    static Set<Admitted> in(RelNode plan) {
        AdmissionsUsed shuttle = new AdmissionsUsed();
        shuttle.walk(plan);
        return shuttle.used;
    }

    private void walk(RelNode node) {
        if (node instanceof FlinkLogicalCalc calc) {
            calc.getProgram()
                    .getProjectList()
                    .forEach(one -> calc.getProgram().expandLocalRef(one).accept(this));
            if (calc.getProgram().getCondition() != null) {
                calc.getProgram()
                        .expandLocalRef(calc.getProgram().getCondition())
                        .accept(this);
            }
        } else {
            node.accept(this);
        }
        node.getInputs().forEach(this::walk);
    }

    @Override
    public RexNode visitCall(RexCall call) {
        if (call.getKind() == SqlKind.SEARCH) {
            RexBuilder builder = new RexBuilder(
                    new FlinkTypeFactory(Thread.currentThread().getContextClassLoader(), FlinkTypeSystem.INSTANCE));
            RexUtil.expandSearch(builder, null, call).accept(this);
            return call;
        }
        List<String> arguments = new ArrayList<>();
        List<LogicalType> types = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            boolean symbol = operand instanceof RexLiteral literal && literal.getTypeName() == SqlTypeName.SYMBOL;
            types.add(symbol ? null : Expressions.type(operand));
            arguments.add(
                    symbol
                                    || SqlTypeName.INTERVAL_TYPES.contains(
                                            operand.getType().getSqlTypeName())
                            ? null
                            : "x");
        }
        try {
            used.add(Functions.admission(new Expressions.Call(call, arguments, types, Expressions.type(call), false)));
        } catch (NotNative e) {
            // A cast, or what is not native.
        }
        return super.visitCall(call);
    }
}
