package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.NativePlan.Scan;
import dev.weirhouse.olap.paimon.ScanCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.util.mapping.IntPair;
import org.apache.flink.table.planner.calcite.FlinkTypeFactory;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalAggregate;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalCalc;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalExpand;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalJoin;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalOverAggregate;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalRank;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalSort;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalTableSourceScan;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalUnion;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalValues;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimestampType;

/**
 * Writes Flink's optimised logical plan as DuckDB's SQL: each operator is a {@code SELECT} over the ones below it, with
 * columns {@code c0}, {@code c1}, … and every type explicit. An operator that is not written here, or one of its
 * expressions, makes the whole query not native.
 */
public final class Relations {

    /** A shared expression is written out wherever it is used; beyond this a text is no longer worth compiling. */
    private static final int LONGEST_TEXT = 1_000_000;

    static final List<Admitted> ADMITTED = List.of(
            new Admitted("a table", "of Paimon, of any kind and at any snapshot"),
            new Admitted("SELECT, WHERE", "of what is admitted below"),
            new Admitted("JOIN", "INNER, LEFT, RIGHT, FULL, on any condition that Flink takes"),
            new Admitted(
                    "IN, EXISTS", "and NOT IN, NOT EXISTS, with and without correlation, as Flink makes joins of them"),
            new Admitted("GROUP BY, DISTINCT", "any type that is read but FLOAT and DOUBLE"),
            new Admitted("GROUPING SETS, ROLLUP, CUBE", "any type that is read but FLOAT and DOUBLE"),
            new Admitted("UNION, UNION ALL", "any type that is read; UNION but FLOAT and DOUBLE"),
            new Admitted("INTERSECT, EXCEPT", "any type that is read but FLOAT and DOUBLE"),
            new Admitted("ORDER BY, LIMIT, OFFSET", "any type that is read"),
            new Admitted("VALUES", "constants"));

    private final List<Scan> scans = new ArrayList<>();
    private final Expressions expressions;

    private final InnerJoins.Leaves leaves = new InnerJoins.Leaves() {
        @Override
        public String sql(RelNode leaf) throws NotNative {
            return Relations.this.sql(leaf);
        }

        @Override
        public String groups(RelNode leaf, String wanted) throws NotNative {
            if (leaf instanceof FlinkLogicalCalc calc) {
                return calc(calc, groups(calc.getInput(), wanted));
            }
            FlinkLogicalAggregate aggregate = (FlinkLogicalAggregate) leaf;
            return aggregate(aggregate, Relations.this.sql(aggregate.getInput()), wanted);
        }
    };

    private Relations(Expressions expressions) {
        this.expressions = expressions;
    }

    /**
     * Translates a plan.
     *
     * @throws NotNative with the first reason why it is not computed natively
     */
    public static NativePlan translate(RelNode plan) throws NotNative {
        Relations relations = new Relations(new Expressions(true));
        List<LogicalType> types = types(plan.getRowType());
        for (LogicalType type : types) {
            NativeTypes.name(type);
        }
        String sql = carried(relations.sql(plan), types);
        String wide = carried(new Relations(new Expressions(false)).sql(plan), types);
        return new NativePlan(
                sql,
                sql.equals(wide) ? Optional.empty() : Optional.of(wide),
                relations.scans,
                types,
                plan instanceof FlinkLogicalSort sort
                        && !sort.getCollation().getFieldCollations().isEmpty());
    }

    /** The text with columns of those of DuckDB's types that Arrow carries as it carries Flink's. */
    private static String carried(String sql, List<LogicalType> types) throws NotNative {
        List<String> items = new ArrayList<>();
        boolean same = true;
        for (int i = 0; i < types.size(); i++) {
            Optional<String> carrier = NativeTypes.carrier(types.get(i));
            String column = NativeTypes.isTimestamp(types.get(i)) ? cut("c" + i, types.get(i)) : "c" + i;
            items.add(carrier.isEmpty() ? column : "CAST(" + column + " AS " + carrier.get() + ") AS c" + i);
            same &= carrier.isEmpty();
        }
        return same ? sql : "SELECT " + String.join(", ", items) + " FROM " + from(sql);
    }

    /** DuckDB rounds where it has to leave digits out, Flink cuts them off. */
    private static String cut(String column, LogicalType timestamp) {
        int precision = ((TimestampType) timestamp).getPrecision();
        return precision > 3
                ? column
                : "date_trunc('" + (precision == 0 ? "second" : "millisecond") + "', " + column + ")";
    }

    private String sql(RelNode node) throws NotNative {
        String sql = bare(node);
        if (sql.length() > LONGEST_TEXT) {
            throw new NotNative(Reason.SIZE, "a plan whose expressions repeat each other too often");
        }
        return sql;
    }

    private String bare(RelNode node) throws NotNative {
        if (node instanceof FlinkLogicalTableSourceScan scan) {
            return scan(scan, null);
        }
        if (node instanceof FlinkLogicalCalc calc) {
            return calc(calc);
        }
        if (node instanceof FlinkLogicalAggregate aggregate) {
            return aggregate(aggregate);
        }
        if (node instanceof FlinkLogicalJoin join) {
            return join(join);
        }
        if (node instanceof FlinkLogicalSort sort) {
            return sort(sort);
        }
        if (node instanceof FlinkLogicalUnion union) {
            return union(union);
        }
        if (node instanceof FlinkLogicalValues values) {
            return values(values);
        }
        if (node instanceof FlinkLogicalExpand expand) {
            return expand(expand);
        }
        if (node instanceof FlinkLogicalRank rank) {
            return rank(rank);
        }
        if (node instanceof FlinkLogicalOverAggregate over) {
            return over(over);
        }
        throw new NotNative(
                Reason.OPERATOR, "the operator " + node.getRelTypeName().replace("FlinkLogical", ""));
    }

    /** @param filter what the query says of the table's rows; null when it wants all */
    private String scan(FlinkLogicalTableSourceScan scan, RexNode filter) throws NotNative {
        TableSourceTable table = scan.getTable().unwrap(TableSourceTable.class);
        if (table == null || table.abilitySpecs().length > 0) {
            throw new NotNative(Reason.READING, "a table that Flink reads in its own way");
        }
        List<String> columns = scan.getRowType().getFieldNames();
        List<LogicalType> types = types(scan.getRowType());
        List<String> items = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).chars().anyMatch(Character::isISOControl)) {
                throw new NotNative(Reason.READING, "a column with a control character in its name");
            }
            items.add((isReadable(types.get(i)) ? quoted(columns.get(i)) : "NULL") + " AS c" + i);
        }
        List<ScanCondition> conditions = filter == null
                ? List.of()
                : ScanConditions.of(filter, scan.getCluster().getRexBuilder(), columns, types);
        scans.add(new Scan(table.tableSource(), columns, types, conditions));
        return "SELECT " + String.join(", ", items) + " FROM " + NativePlan.name(scans.size() - 1);
    }

    /** A column of another type may be in a table that is read; an expression that uses it is refused. */
    static boolean isReadable(LogicalType type) {
        try {
            NativeTypes.name(type);
            return true;
        } catch (NotNative e) {
            return false;
        }
    }

    private String calc(FlinkLogicalCalc calc) throws NotNative {
        if (InnerJoins.isTree(calc.getInput())) {
            return overJoins(calc);
        }
        return calc(
                calc,
                calc.getInput() instanceof FlinkLogicalTableSourceScan scan
                        ? scan(scan, condition(calc))
                        : sql(calc.getInput()));
    }

    private String calc(FlinkLogicalCalc calc, String input) throws NotNative {
        RexNode condition = condition(calc);
        return "SELECT " + items(expressions, calc) + " FROM " + from(input)
                + (condition == null ? "" : " WHERE " + expressions.sql(condition));
    }

    private String overJoins(FlinkLogicalCalc calc) throws NotNative {
        InnerJoins.Flat flat = InnerJoins.flat((FlinkLogicalJoin) calc.getInput(), leaves, expressions);
        RexNode condition = condition(calc);
        return "SELECT " + items(flat.expressions(), calc) + " FROM " + flat.from() + flat.where()
                + (condition == null
                        ? ""
                        : (flat.where().isEmpty() ? " WHERE " : " AND ") + "("
                                + flat.expressions().sql(condition) + ")");
    }

    private static RexNode condition(FlinkLogicalCalc calc) {
        RexProgram program = calc.getProgram();
        return program.getCondition() == null ? null : program.expandLocalRef(program.getCondition());
    }

    private static String items(Expressions expressions, FlinkLogicalCalc calc) throws NotNative {
        RexProgram program = calc.getProgram();
        return items(
                expressions,
                program.getProjectList().stream().map(program::expandLocalRef).toList(),
                calc.getRowType());
    }

    private static String items(Expressions expressions, List<RexNode> projects, RelDataType rowType) throws NotNative {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < projects.size(); i++) {
            items.add(expressions.sql(
                            projects.get(i), rowType.getFieldList().get(i).getType())
                    + " AS c" + i);
        }
        // DuckDB has no relation without columns; nothing above reads this one.
        return items.isEmpty() ? "1 AS c0" : String.join(", ", items);
    }

    private String aggregate(FlinkLogicalAggregate aggregate) throws NotNative {
        return aggregate.getRowType().getFieldCount() == 0
                // A group of everything is one row, also where there is nothing.
                ? "SELECT 1 AS c0"
                : aggregate(aggregate, sql(aggregate.getInput()), "");
    }

    /** @param wanted what holds for the rows that are wanted; empty when all are */
    private String aggregate(FlinkLogicalAggregate aggregate, String rows, String wanted) throws NotNative {
        if (aggregate.getGroupSets().size() != 1) {
            throw new NotNative(Reason.OPERATOR, "grouping sets that Flink has not expanded");
        }
        List<LogicalType> input = types(aggregate.getInput().getRowType());
        List<LogicalType> output = types(aggregate.getRowType());
        List<String> items = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (int key : aggregate.getGroupSet()) {
            if (!NativeTypes.isKey(input.get(key))) {
                throw new NotNative(
                        Reason.KEY, "grouping by " + input.get(key).copy(true).asSummaryString());
            }
            NativeTypes.name(input.get(key));
            keys.add("c" + key);
            items.add("c" + key + " AS c" + items.size());
        }
        for (AggregateCall call : aggregate.getAggCallList()) {
            items.add(Aggregates.sql(call, input, output.get(items.size()), expressions.isNarrow()) + " AS c"
                    + items.size());
        }
        return "SELECT " + String.join(", ", items) + " FROM " + from(rows)
                + (wanted.isEmpty() ? "" : " WHERE " + wanted)
                + (keys.isEmpty() ? "" : " GROUP BY " + String.join(", ", keys));
    }

    private String join(FlinkLogicalJoin join) throws NotNative {
        if (InnerJoins.isTree(join)) {
            InnerJoins.Flat flat = InnerJoins.flat(join, leaves, expressions);
            return "SELECT " + named(flat.columns()) + " FROM " + flat.from() + flat.where();
        }
        checkKeys(join);
        int left = join.getLeft().getRowType().getFieldCount();
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < left; i++) {
            columns.add("l.c" + i);
        }
        List<String> both = new ArrayList<>(columns);
        for (int i = 0; i < join.getRight().getRowType().getFieldCount(); i++) {
            both.add("r.c" + i);
        }
        String condition = expressions.over(both::get).sql(join.getCondition());
        String from = " FROM (" + sql(join.getLeft()) + ") l";
        String other = "(" + sql(join.getRight()) + ") r";
        return switch (join.getJoinType()) {
            case LEFT, RIGHT, FULL ->
                "SELECT " + named(both) + from + " " + join.getJoinType() + " JOIN " + other + " ON " + condition;
            case SEMI, ANTI ->
                "SELECT " + named(columns) + from + " WHERE "
                        + (join.getJoinType() == JoinRelType.ANTI ? "NOT " : "") + "EXISTS (SELECT 1 FROM " + other
                        + " WHERE " + condition + ")";
            default -> throw new NotNative(Reason.OPERATOR, "a join of kind " + join.getJoinType());
        };
    }

    private static String named(List<String> columns) {
        return columns.isEmpty()
                ? "1 AS c0"
                : IntStream.range(0, columns.size())
                        .mapToObj(i -> columns.get(i) + " AS c" + i)
                        .collect(Collectors.joining(", "));
    }

    /** Flink hashes the bits of what it joins by, which the comparison that is written here does not know of. */
    static void checkKeys(FlinkLogicalJoin join) throws NotNative {
        List<LogicalType> left = types(join.getLeft().getRowType());
        List<LogicalType> right = types(join.getRight().getRowType());
        for (IntPair pair : join.analyzeCondition().pairs()) {
            LogicalType one = left.get(pair.source);
            LogicalType other = right.get(pair.target);
            if (!NativeTypes.isKey(one) || !NativeTypes.isKey(other)) {
                throw new NotNative(Reason.KEY, "joining by " + one.copy(true).asSummaryString());
            }
            if (!one.copy(true).equals(other.copy(true)) && !(NativeTypes.isText(one) && NativeTypes.isText(other))) {
                throw new NotNative(
                        Reason.KEYS_OF_TWO_TYPES,
                        "joining " + one.copy(true).asSummaryString() + " to "
                                + other.copy(true).asSummaryString());
            }
        }
    }

    private String sort(FlinkLogicalSort sort) throws NotNative {
        StringBuilder sql = new StringBuilder("SELECT * FROM ").append(from(sql(sort.getInput())));
        String order = Orders.terms(sort.getCollation(), types(sort.getInput().getRowType()));
        if (!order.isEmpty()) {
            sql.append(" ORDER BY ").append(order);
        }
        Long fetch = count(sort.fetch);
        Long offset = count(sort.offset);
        if (fetch != null && fetch == 0) {
            // DuckDB 1.5 is known to crash at LIMIT 0.
            return "SELECT * FROM " + from(sql(sort.getInput())) + " WHERE FALSE";
        }
        if (fetch != null) {
            sql.append(" LIMIT ").append(fetch);
        }
        if (offset != null && offset > 0) {
            sql.append(" OFFSET ").append(offset);
        }
        return sql.toString();
    }

    private static Long count(RexNode bound) throws NotNative {
        if (bound == null) {
            return null;
        }
        if (bound instanceof RexLiteral literal) {
            return literal.getValueAs(Long.class);
        }
        throw new NotNative(Reason.OPERATOR, "a LIMIT that is no number");
    }

    private String union(FlinkLogicalUnion union) throws NotNative {
        if (!union.all) {
            throw new NotNative(Reason.OPERATOR, "a UNION that Flink has not made distinct by itself");
        }
        List<String> inputs = new ArrayList<>();
        for (RelNode input : union.getInputs()) {
            inputs.add("(" + cast(input, union.getRowType()) + ")");
        }
        return String.join(" UNION ALL ", inputs);
    }

    private String cast(RelNode input, RelDataType to) throws NotNative {
        List<String> items = new ArrayList<>();
        List<LogicalType> types = types(to);
        for (int i = 0; i < types.size(); i++) {
            items.add("CAST(c" + i + " AS " + NativeTypes.name(types.get(i)) + ") AS c" + i);
        }
        return "SELECT " + (items.isEmpty() ? "1 AS c0" : String.join(", ", items)) + " FROM " + from(sql(input));
    }

    private String values(FlinkLogicalValues values) throws NotNative {
        List<RelDataTypeField> fields = values.getRowType().getFieldList();
        List<String> rows = new ArrayList<>();
        for (List<RexLiteral> tuple : values.getTuples()) {
            List<String> items = new ArrayList<>();
            for (int i = 0; i < tuple.size(); i++) {
                items.add(expressions.sql(tuple.get(i), fields.get(i).getType()) + " AS c" + i);
            }
            rows.add("SELECT " + (items.isEmpty() ? "1 AS c0" : String.join(", ", items)));
        }
        if (rows.isEmpty()) {
            List<String> items = new ArrayList<>();
            for (LogicalType type : types(values.getRowType())) {
                items.add("CAST(NULL AS " + NativeTypes.name(type) + ") AS c" + items.size());
            }
            return "SELECT " + (items.isEmpty() ? "1 AS c0" : String.join(", ", items)) + " WHERE FALSE";
        }
        return String.join(" UNION ALL ", rows);
    }

    private String expand(FlinkLogicalExpand expand) throws NotNative {
        List<String> branches = new ArrayList<>();
        for (List<RexNode> projects : expand.projects()) {
            branches.add("SELECT " + items(expressions, projects, expand.getRowType()) + " FROM base");
        }
        return "WITH base AS MATERIALIZED (" + sql(expand.getInput()) + ") " + String.join(" UNION ALL ", branches);
    }

    private String rank(FlinkLogicalRank rank) throws NotNative {
        if (!(rank.rankRange() instanceof ConstantRankRange range)) {
            throw new NotNative(Reason.WINDOW, "a rank whose bound is a column");
        }
        List<LogicalType> types = types(rank.getInput().getRowType());
        String function =
                switch (rank.rankType()) {
                    case ROW_NUMBER -> "row_number()";
                    case RANK -> "rank()";
                    case DENSE_RANK -> "dense_rank()";
                };
        String over = Windows.over(rank.partitionKey().asList(), rank.orderKey(), types);
        String columns = columns(types.size(), "");
        String inner = "SELECT *, CAST(" + function + " OVER (" + over + ") AS BIGINT) AS c" + types.size() + " FROM "
                + from(sql(rank.getInput()));
        return "SELECT " + (rank.outputRankNumber() ? columns(types.size() + 1, "") : columns) + " FROM " + from(inner)
                + " WHERE c" + types.size() + " BETWEEN " + range.getRankStart() + " AND " + range.getRankEnd();
    }

    private String over(FlinkLogicalOverAggregate over) throws NotNative {
        List<LogicalType> input = types(over.getInput().getRowType());
        List<LogicalType> output = types(over.getRowType());
        List<String> items = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            items.add("c" + i);
        }
        for (Window.Group group : over.groups) {
            String window = Windows.over(group.keys.asList(), group.orderKeys, input) + Windows.frame(group);
            for (Window.RexWinAggCall call : group.aggCalls) {
                items.add(Windows.sql(call, group, over.constants, input, output.get(items.size()), window) + " AS c"
                        + items.size());
            }
        }
        return "SELECT " + String.join(", ", items) + " FROM " + from(sql(over.getInput()));
    }

    private static String columns(int count, String prefix) {
        return count == 0
                ? "1 AS c0"
                : IntStream.range(0, count).mapToObj(i -> prefix + "c" + i).collect(Collectors.joining(", "));
    }

    private static String from(String sql) {
        return "(" + sql + ") t";
    }

    static List<LogicalType> types(RelDataType row) {
        return row.getFieldList().stream()
                .map(field -> FlinkTypeFactory.toLogicalType(field.getType()))
                .toList();
    }

    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
