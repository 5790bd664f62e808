package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.TableChange.ModifyColumnName;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.ddl.AlterTableChangeOperation;
import org.apache.flink.table.operations.ddl.AlterTableRenameOperation;
import org.apache.flink.table.utils.EncodingUtils;

/** What statements derive that give something another name: the same rows, by that name. */
public final class Renames {

    private Renames() {}

    /**
     * The query that each renaming of a statement stands for.
     *
     * @param planner of the session, before the statement runs
     */
    public static List<StatementTree> of(Compiled compiled, PlannerSession planner) {
        List<StatementTree> trees = new ArrayList<>();
        for (Operation operation : compiled.operations()) {
            if (operation instanceof AlterTableRenameOperation rename) {
                trees.addAll(select("*", rename.getTableIdentifier(), rename.getNewTableIdentifier(), planner));
            } else if (operation instanceof AlterTableChangeOperation change) {
                change.getTableChanges().stream()
                        .filter(ModifyColumnName.class::isInstance)
                        .map(ModifyColumnName.class::cast)
                        .forEach(column -> trees.addAll(select(
                                EncodingUtils.escapeIdentifier(column.getOldColumnName()) + " AS "
                                        + EncodingUtils.escapeIdentifier(column.getNewColumnName()),
                                change.getTableIdentifier(),
                                change.getTableIdentifier(),
                                planner)));
            }
        }
        return trees;
    }

    private static List<StatementTree> select(
            String columns, ObjectIdentifier from, ObjectIdentifier into, PlannerSession planner) {
        String query = "SELECT " + columns + " FROM " + from.asSerializableString();
        return planner.parse(query, Dialect.FLINK).stream()
                .flatMap(operation -> StatementTree.of(operation).stream())
                .map(tree -> new StatementTree(Optional.of(Datasets.name(into)), tree.columns(), tree.tree()))
                .toList();
    }
}
