package dev.weirhouse.catalog.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableModify;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.flink.table.calcite.bridge.PlannerExternalQueryOperation;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.CreateTableASOperation;
import org.apache.flink.table.operations.DeleteFromFilterOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.operations.ReplaceTableAsOperation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.planner.operations.PlannerQueryOperation;

/**
 * A query as Flink understands it, before it is optimised, and where its rows go.
 *
 * @param target what they are written into, as {@link Datasets} names it; empty when they are answered
 * @param columns the names of the target's columns, or of the answer's, in the order of the tree's; those that it does not
 *     write are left out
 */
public record StatementTree(Optional<String> target, List<String> columns, RelNode tree) {

    public StatementTree {
        requireNonNull(target, "target is null");
        columns = List.copyOf(columns);
        requireNonNull(tree, "tree is null");
    }

    /** Of each query in a statement; none where it reads and writes no rows. */
    public static List<StatementTree> of(Compiled compiled) {
        List<StatementTree> trees = new ArrayList<>();
        compiled.operations().forEach(operation -> add(operation, trees));
        return trees;
    }

    /** Of each query in an operation. */
    public static List<StatementTree> of(Operation operation) {
        List<StatementTree> trees = new ArrayList<>();
        add(operation, trees);
        return trees;
    }

    private static void add(Operation operation, List<StatementTree> trees) {
        if (operation instanceof StatementSetOperation set) {
            set.getOperations().forEach(each -> add(each, trees));
        } else if (operation instanceof DeleteFromFilterOperation) {
            // The table does it by itself, and whatever is left derives from what it did before.
            return;
        } else if (operation instanceof SinkModifyOperation sink && (sink.isUpdate() || sink.isDelete())) {
            trees.add(changed(sink));
        } else if (operation instanceof SinkModifyOperation sink) {
            List<String> columns = sink.getContextResolvedTable().getResolvedSchema().getColumns().stream()
                    .filter(Column::isPersisted)
                    .map(Column::getName)
                    .toList();
            trees.add(tree(Optional.of(Datasets.name(sink.getContextResolvedTable())), columns, sink.getChild()));
        } else if (operation instanceof CreateTableASOperation create) {
            trees.add(made(create.getCreateTableOperation().getTableIdentifier(), create.getChild()));
        } else if (operation instanceof ReplaceTableAsOperation replace) {
            trees.add(made(replace.getCreateTableOperation().getTableIdentifier(), replace.getChild()));
        } else if (operation instanceof QueryOperation query) {
            trees.add(tree(Optional.empty(), query.getResolvedSchema().getColumnNames(), query));
        }
    }

    /** What an UPDATE computes stands behind the columns of its table; a DELETE computes nothing. */
    private static StatementTree changed(SinkModifyOperation sink) {
        TableModify modify = (TableModify) tree(sink.getChild());
        RelNode rows = modify.getInput();
        List<String> columns = modify.isUpdate() ? modify.getUpdateColumnList() : List.of();
        int fields = rows.getRowType().getFieldCount();
        List<RexNode> computed = new ArrayList<>();
        for (int i = fields - columns.size(); i < fields; i++) {
            computed.add(RexInputRef.of(i, rows.getRowType()));
        }
        return new StatementTree(
                Optional.of(Datasets.name(sink.getContextResolvedTable())),
                columns,
                LogicalProject.create(rows, List.of(), computed, columns));
    }

    private static StatementTree made(ObjectIdentifier target, QueryOperation query) {
        return tree(
                Optional.of(Datasets.name(target)), query.getResolvedSchema().getColumnNames(), query);
    }

    private static StatementTree tree(Optional<String> target, List<String> columns, QueryOperation query) {
        return new StatementTree(target, columns, tree(query));
    }

    private static RelNode tree(QueryOperation query) {
        if (query instanceof PlannerQueryOperation planned) {
            return planned.getCalciteTree();
        } else if (query instanceof PlannerExternalQueryOperation hive) {
            return hive.getCalciteTree();
        }
        throw new WarehouseException(
                CatalogError.NOT_SUPPORTED,
                "The statement has no tree: " + query.getClass().getSimpleName() + ".");
    }
}
