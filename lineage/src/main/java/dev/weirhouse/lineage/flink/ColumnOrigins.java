package dev.weirhouse.lineage.flink;

import dev.weirhouse.catalog.flink.Datasets;
import dev.weirhouse.lineage.Dependence;
import dev.weirhouse.lineage.Derivation;
import dev.weirhouse.lineage.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Snapshot;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableFunctionScan;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.apache.flink.table.planner.calcite.RexSetSemanticsTableCall;
import org.apache.flink.table.planner.plan.nodes.calcite.LogicalSink;
import org.apache.flink.table.planner.plan.nodes.calcite.WatermarkAssigner;
import org.apache.flink.table.planner.plan.nodes.hive.LogicalDistribution;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;

/**
 * Which columns of tables a query's columns derive from, read off Flink's relational tree before it is optimised: each
 * expression's own references, carried up operator by operator. Views stand in that tree with what they are made of.
 *
 * <p>Nothing is guessed: the columns of an operator that is not known here derive from its tables, and from none of their
 * columns.
 */
public final class ColumnOrigins {

    /** Functions of windows over time, whose rows are their input's with the window's bounds behind them. */
    private static final Set<String> WINDOWS = Set.of("TUMBLE", "HOP", "CUMULATE", "SESSION");

    private final SortedSet<String> tables = new TreeSet<>();

    /** The columns of what encloses a subquery or the right side of a correlation. */
    private final Map<CorrelationId, List<Known>> outer = new HashMap<>();

    /** Those of them that a join is made of. */
    private final Set<CorrelationId> correlates = new HashSet<>();

    private final Map<RelNode, Rows> subqueries = new IdentityHashMap<>();

    private ColumnOrigins() {}

    /**
     * Reads a tree.
     *
     * @param names the answer's columns, which may be called otherwise than in the tree
     */
    public static Derivation of(RelNode tree, List<String> names) {
        ColumnOrigins origins = new ColumnOrigins();
        Rows rows = origins.rows(tree);
        List<Derivation.Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Known known = i < rows.columns.size()
                    ? rows.columns.get(i)
                    : Known.unresolved(tree.getRelTypeName() + " is not followed");
            columns.add(new Derivation.Column(names.get(i), known.origins, known.unresolved));
        }
        return new Derivation(columns, rows.indirect, rows.holes.stream().findFirst(), origins.tables);
    }

    /** What is known of a column. */
    private record Known(SortedSet<Origin> origins, Optional<String> unresolved) {

        private static final Known CONSTANT = new Known(new TreeSet<>(), Optional.empty());

        static Known unresolved(String why) {
            return new Known(new TreeSet<>(), Optional.of(why));
        }

        /** Of something that depends on this in another way. */
        Known through(Dependence dependence) {
            SortedSet<Origin> all = new TreeSet<>();
            origins.forEach(origin -> all.add(origin.through(dependence)));
            return new Known(all, unresolved);
        }

        /** Of something that depends on both. */
        Known and(Known other) {
            SortedSet<Origin> all = new TreeSet<>(origins);
            all.addAll(other.origins);
            return new Known(all, unresolved.or(other::unresolved));
        }
    }

    /**
     * What is known of the rows of an operator.
     *
     * @param holes why not all is known that decides which rows there are
     */
    private record Rows(List<Known> columns, SortedSet<Origin> indirect, SortedSet<String> holes) {

        Rows(List<Known> columns) {
            this(columns, new TreeSet<>(), new TreeSet<>());
        }

        /** The same rows, which also depend on this. */
        Rows by(Known known, Dependence dependence) {
            indirect.addAll(known.through(dependence).origins());
            known.unresolved.ifPresent(holes::add);
            return this;
        }

        Rows by(Rows other) {
            indirect.addAll(other.indirect);
            holes.addAll(other.holes);
            return this;
        }
    }

    private Rows rows(RelNode node) {
        if (node instanceof TableScan scan) {
            return scan(scan);
        } else if (node instanceof Project project) {
            return project(project);
        } else if (node instanceof Filter filter) {
            Rows input = rows(filter.getInput());
            enclose(filter.getVariablesSet(), input);
            return new Rows(input.columns)
                    .by(input)
                    .by(
                            known(filter.getCondition(), input),
                            joins(filter.getCondition()) ? Dependence.JOIN : Dependence.FILTER)
                    .by(subqueries(filter.getCondition()));
        } else if (node instanceof Join join) {
            return join(join);
        } else if (node instanceof Correlate correlate) {
            return correlate(correlate);
        } else if (node instanceof Aggregate aggregate) {
            return aggregate(aggregate);
        } else if (node instanceof Sort sort) {
            return sorted(rows(sort.getInput()), sort.getCollation().getKeys());
        } else if (node instanceof LogicalDistribution hive) {
            // DISTRIBUTE BY, SORT BY and CLUSTER BY.
            List<Integer> keys = new ArrayList<>(hive.getDistKeys());
            keys.addAll(hive.getCollation().getKeys());
            return sorted(rows(hive.getInput()), keys);
        } else if (node instanceof Snapshot snapshot) {
            Rows input = rows(snapshot.getInput());
            return new Rows(input.columns).by(input).by(known(snapshot.getPeriod(), input), Dependence.JOIN);
        } else if (node instanceof SetOp set) {
            return set(set);
        } else if (node instanceof Values) {
            return all(node, Known.CONSTANT);
        } else if (node instanceof Window window) {
            return window(window);
        } else if (node instanceof Uncollect uncollect) {
            return uncollect(uncollect);
        } else if (node instanceof TableFunctionScan function) {
            return function(function);
        } else if (node instanceof WatermarkAssigner || node instanceof LogicalSink) {
            return rows(node.getInput(0));
        }
        return unknown(node);
    }

    private static Rows sorted(Rows input, List<Integer> keys) {
        Rows sorted = new Rows(input.columns).by(input);
        keys.forEach(key -> sorted.by(input.columns.get(key), Dependence.SORT));
        return sorted;
    }

    private static Rows all(RelNode node, Known known) {
        List<Known> columns = new ArrayList<>();
        for (int i = 0; i < node.getRowType().getFieldCount(); i++) {
            columns.add(known);
        }
        return new Rows(columns);
    }

    private Rows unknown(RelNode node) {
        String why = node.getRelTypeName() + " is not followed";
        Rows rows = all(node, Known.unresolved(why));
        rows.holes.add(why);
        // Their tables count all the same.
        node.getInputs().forEach(input -> rows.by(rows(input)));
        return rows;
    }

    private Rows scan(TableScan scan) {
        String table = name(scan.getTable());
        tables.add(table);
        List<Known> columns = new ArrayList<>();
        for (String column : scan.getRowType().getFieldNames()) {
            SortedSet<Origin> origins = new TreeSet<>();
            origins.add(new Origin(table, column, Dependence.IDENTITY));
            columns.add(new Known(origins, Optional.empty()));
        }
        return new Rows(columns);
    }

    private static String name(RelOptTable table) {
        TableSourceTable source = table.unwrap(TableSourceTable.class);
        if (source != null) {
            return Datasets.name(source.contextResolvedTable());
        }
        List<String> name = table.getQualifiedName();
        return String.join(".", name.subList(Math.max(0, name.size() - 2), name.size()));
    }

    private Rows project(Project project) {
        Rows input = rows(project.getInput());
        enclose(project.getVariablesSet(), input);
        List<Known> columns = new ArrayList<>();
        for (RexNode expression : project.getProjects()) {
            columns.add(known(expression, input));
        }
        Rows projected = new Rows(columns).by(input);
        project.getProjects().forEach(expression -> projected.by(subqueries(expression)));
        return projected;
    }

    private Rows join(Join join) {
        Rows left = rows(join.getLeft());
        Rows right = rows(join.getRight());
        List<Known> both = new ArrayList<>(left.columns);
        both.addAll(right.columns);
        Rows paired = new Rows(both);
        enclose(join.getVariablesSet(), paired);
        Rows joined = new Rows(join.getJoinType().projectsRight() ? both : left.columns);
        return joined.by(left)
                .by(right)
                .by(known(join.getCondition(), paired), Dependence.JOIN)
                .by(subqueries(join.getCondition()));
    }

    /** Whether a filter speaks of the left side of a correlation it stands on the right of, as that of a lookup join does. */
    private boolean joins(RexNode condition) {
        boolean[] found = {false};
        condition.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCorrelVariable(RexCorrelVariable variable) {
                found[0] |= correlates.contains(variable.id);
                return null;
            }
        });
        return found[0];
    }

    private Rows correlate(Correlate correlate) {
        Rows left = rows(correlate.getLeft());
        outer.put(correlate.getCorrelationId(), left.columns);
        correlates.add(correlate.getCorrelationId());
        Rows right = rows(correlate.getRight());
        List<Known> both = new ArrayList<>(left.columns);
        if (correlate.getJoinType().projectsRight()) {
            both.addAll(right.columns);
        }
        return new Rows(both).by(left).by(right);
    }

    private Rows aggregate(Aggregate aggregate) {
        Rows input = rows(aggregate.getInput());
        List<Known> columns = new ArrayList<>();
        Rows grouped = new Rows(columns).by(input);
        for (int key : aggregate.getGroupSet()) {
            columns.add(input.columns.get(key));
            grouped.by(input.columns.get(key), Dependence.GROUP);
        }
        for (AggregateCall call : aggregate.getAggCallList()) {
            Known known = Known.CONSTANT;
            for (int argument : call.getArgList()) {
                known = known.and(input.columns.get(argument).through(Dependence.AGGREGATION));
            }
            if (call.hasFilter()) {
                known = known.and(input.columns.get(call.filterArg).through(Dependence.FILTER));
            }
            for (int key : call.getCollation().getKeys()) {
                known = known.and(input.columns.get(key).through(Dependence.SORT));
            }
            columns.add(known);
        }
        // A legacy group window's bounds, of which the call does not tell the column.
        while (columns.size() < aggregate.getRowType().getFieldCount()) {
            columns.add(Known.unresolved("a group window's property"));
        }
        return grouped;
    }

    /**
     * A union's values are those of all inputs. INTERSECT and EXCEPT compare whole rows, and give those of the left side: the
     * right side decides which, though with INTERSECT it holds the same values. It is the semi and the anti join that Flink makes
     * of them. Without ALL, what comes out is put together by all of its columns, as by a DISTINCT.
     */
    private Rows set(SetOp set) {
        List<Rows> inputs = set.getInputs().stream().map(this::rows).toList();
        boolean compares = set instanceof Minus || set instanceof Intersect;
        List<Known> columns = new ArrayList<>(inputs.get(0).columns);
        Rows rows = new Rows(columns);
        for (Rows input : inputs) {
            rows.by(input);
            if (compares) {
                input.columns.forEach(column -> rows.by(column, Dependence.FILTER));
            } else if (input != inputs.get(0)) {
                for (int i = 0; i < columns.size(); i++) {
                    columns.set(i, columns.get(i).and(input.columns.get(i)));
                }
            }
        }
        if (!set.all) {
            columns.forEach(column -> rows.by(column, Dependence.GROUP));
        }
        return rows;
    }

    private Rows window(Window window) {
        Rows input = rows(window.getInput());
        List<Known> columns = new ArrayList<>(input.columns);
        for (Window.Group group : window.groups) {
            Known order = Known.CONSTANT;
            for (int key : group.keys) {
                order = order.and(input.columns.get(key).through(Dependence.WINDOW));
            }
            for (RelFieldCollation field : group.orderKeys.getFieldCollations()) {
                order = order.and(input.columns.get(field.getFieldIndex()).through(Dependence.WINDOW));
            }
            for (Window.RexWinAggCall call : group.aggCalls) {
                columns.add(all(call.getOperands(), input)
                        .through(Dependence.AGGREGATION)
                        .and(order));
            }
        }
        return new Rows(columns).by(input);
    }

    /** Each column of an unnested array or map comes from the column that holds it, where that is one. */
    private Rows uncollect(Uncollect uncollect) {
        Rows input = rows(uncollect.getInput());
        Known known = input.columns.size() == 1
                ? input.columns.get(0).through(Dependence.TRANSFORMATION)
                : Known.unresolved("several collections are unnested");
        return new Rows(all(uncollect, known).columns).by(input);
    }

    private Rows function(TableFunctionScan function) {
        RexCall call = (RexCall) function.getCall();
        String name = call.getOperator().getName();
        List<Rows> inputs = function.getInputs().stream().map(this::rows).toList();
        if (WINDOWS.contains(name.toUpperCase(java.util.Locale.ROOT)) && inputs.size() == 1) {
            List<Known> columns = new ArrayList<>(inputs.get(0).columns);
            Known time = descriptors(call, inputs.get(0)).through(Dependence.WINDOW);
            while (columns.size() < function.getRowType().getFieldCount()) {
                columns.add(time);
            }
            return new Rows(columns).by(inputs.get(0));
        }
        if (inputs.isEmpty()) {
            // As of any function: what it gives derives from what it is given.
            Known arguments = Known.CONSTANT;
            for (RexNode argument : call.getOperands()) {
                arguments = arguments.and(known(argument, new Rows(List.of())));
            }
            return all(function, arguments.through(Dependence.TRANSFORMATION));
        }
        String why = "the table function " + name + " is not followed";
        Rows rows = all(function, Known.unresolved(why));
        rows.holes.add(why);
        inputs.forEach(rows::by);
        return rows;
    }

    /** The columns that a table function is given by DESCRIPTOR, and those that PARTITION BY names. */
    private Known descriptors(RexNode node, Rows input) {
        Known known = Known.CONSTANT;
        if (node instanceof RexSetSemanticsTableCall table) {
            for (int key : table.getPartitionKeys()) {
                known = known.and(input.columns.get(key));
            }
        }
        if (node instanceof RexInputRef column) {
            return input.columns.get(column.getIndex());
        }
        if (node instanceof RexCall call) {
            for (RexNode operand : call.getOperands()) {
                known = known.and(descriptors(operand, input));
            }
        }
        return known;
    }

    private void enclose(Set<CorrelationId> variables, Rows rows) {
        variables.forEach(variable -> outer.put(variable, rows.columns));
    }

    private Known all(List<RexNode> expressions, Rows input) {
        Known known = Known.CONSTANT;
        for (RexNode expression : expressions) {
            known = known.and(known(expression, input));
        }
        return known;
    }

    private Known known(RexNode expression, Rows input) {
        if (expression instanceof RexInputRef column) {
            return input.columns.get(column.getIndex());
        } else if (expression instanceof RexFieldAccess access) {
            return field(access, input);
        } else if (expression instanceof RexOver over) {
            return over(over, input);
        } else if (expression instanceof RexSubQuery subquery) {
            Known known = all(subquery.getOperands(), input).through(Dependence.TRANSFORMATION);
            // Whether there is a row does not depend on what is selected.
            if (subquery.getKind() != SqlKind.EXISTS) {
                for (Known column : subquery(subquery).columns) {
                    known = known.and(column.through(Dependence.TRANSFORMATION));
                }
            }
            return known;
        } else if (expression instanceof RexCall call) {
            return all(call.getOperands(), input).through(Dependence.TRANSFORMATION);
        }
        return Known.CONSTANT;
    }

    /** A field of a row, or a column of what encloses a subquery. */
    private Known field(RexFieldAccess access, Rows input) {
        if (access.getReferenceExpr() instanceof RexCorrelVariable variable) {
            List<Known> columns = outer.get(variable.id);
            return columns == null
                    ? Known.unresolved("a column of a query around it")
                    : columns.get(access.getField().getIndex());
        }
        return known(access.getReferenceExpr(), input).through(Dependence.TRANSFORMATION);
    }

    private Known over(RexOver over, Rows input) {
        Known known = all(over.getOperands(), input).through(Dependence.AGGREGATION);
        known = known.and(all(over.getWindow().partitionKeys, input).through(Dependence.WINDOW));
        for (RexFieldCollation key : over.getWindow().orderKeys) {
            known = known.and(known(key.left, input).through(Dependence.WINDOW));
        }
        return known;
    }

    /** Each is asked for twice, for its columns and for its rows; nested ones would be read again and again. */
    private Rows subquery(RexSubQuery subquery) {
        Rows known = subqueries.get(subquery.rel);
        if (known == null) {
            known = rows(subquery.rel);
            subqueries.put(subquery.rel, known);
        }
        return known;
    }

    /** What decides about the rows of the subqueries in an expression decides about the rows of the query. */
    private Rows subqueries(RexNode expression) {
        Rows rows = new Rows(List.of());
        if (expression instanceof RexSubQuery subquery) {
            rows.by(subquery(subquery));
        }
        if (expression instanceof RexCall call) {
            call.getOperands().forEach(operand -> rows.by(subqueries(operand)));
        }
        return rows;
    }
}
