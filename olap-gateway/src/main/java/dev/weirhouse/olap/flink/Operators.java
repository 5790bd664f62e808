package dev.weirhouse.olap.flink;

import org.apache.calcite.sql.SqlOperator;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.planner.functions.bridging.BridgingSqlAggFunction;
import org.apache.flink.table.planner.functions.bridging.BridgingSqlFunction;
import org.apache.flink.table.planner.functions.utils.AggSqlFunction;
import org.apache.flink.table.planner.functions.utils.ScalarSqlFunction;

/** Whose the operators of a plan are. */
final class Operators {

    private Operators() {}

    /** Whether it is Calcite's or Flink's own; Hive's and a user's may bear the same name and mean something else. */
    static boolean isBuiltIn(SqlOperator operator) {
        if (operator instanceof BridgingSqlFunction function) {
            return function.getDefinition() instanceof BuiltInFunctionDefinition;
        }
        if (operator instanceof BridgingSqlAggFunction aggregate) {
            return aggregate.getDefinition() instanceof BuiltInFunctionDefinition;
        }
        return !(operator instanceof ScalarSqlFunction) && !(operator instanceof AggSqlFunction);
    }
}
