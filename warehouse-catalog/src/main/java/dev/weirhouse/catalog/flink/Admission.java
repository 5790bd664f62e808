package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.flink.table.catalog.CatalogFunction;
import org.apache.flink.table.catalog.FunctionCatalog;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.catalog.hive.util.AlterHiveDatabaseOp;
import org.apache.flink.table.catalog.hive.util.AlterTableOp;
import org.apache.flink.table.catalog.hive.util.Constants;
import org.apache.flink.table.operations.CallProcedureOperation;
import org.apache.flink.table.operations.CreateTableASOperation;
import org.apache.flink.table.operations.DeleteFromFilterOperation;
import org.apache.flink.table.operations.DescribeTableOperation;
import org.apache.flink.table.operations.ExplainOperation;
import org.apache.flink.table.operations.HiveSetOperation;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.NopOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.operations.ReplaceTableAsOperation;
import org.apache.flink.table.operations.ShowOperation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.operations.TruncateTableOperation;
import org.apache.flink.table.operations.UseCatalogOperation;
import org.apache.flink.table.operations.UseDatabaseOperation;
import org.apache.flink.table.operations.command.ResetOperation;
import org.apache.flink.table.operations.command.SetOperation;
import org.apache.flink.table.operations.ddl.AddPartitionsOperation;
import org.apache.flink.table.operations.ddl.AlterCatalogFunctionOperation;
import org.apache.flink.table.operations.ddl.AlterDatabaseOperation;
import org.apache.flink.table.operations.ddl.AlterPartitionOperation;
import org.apache.flink.table.operations.ddl.AlterPartitionPropertiesOperation;
import org.apache.flink.table.operations.ddl.AlterTableChangeOperation;
import org.apache.flink.table.operations.ddl.AlterTableOperation;
import org.apache.flink.table.operations.ddl.AlterTableOptionsOperation;
import org.apache.flink.table.operations.ddl.AlterViewOperation;
import org.apache.flink.table.operations.ddl.AnalyzeTableOperation;
import org.apache.flink.table.operations.ddl.CreateCatalogFunctionOperation;
import org.apache.flink.table.operations.ddl.CreateDatabaseOperation;
import org.apache.flink.table.operations.ddl.CreateTableOperation;
import org.apache.flink.table.operations.ddl.CreateTempSystemFunctionOperation;
import org.apache.flink.table.operations.ddl.CreateViewOperation;
import org.apache.flink.table.operations.ddl.DropCatalogFunctionOperation;
import org.apache.flink.table.operations.ddl.DropDatabaseOperation;
import org.apache.flink.table.operations.ddl.DropPartitionsOperation;
import org.apache.flink.table.operations.ddl.DropTableOperation;
import org.apache.flink.table.operations.ddl.DropTempSystemFunctionOperation;
import org.apache.flink.table.operations.ddl.DropViewOperation;
import org.apache.flink.table.planner.delegation.hive.operations.HiveExecutableOperation;
import org.apache.flink.table.planner.delegation.hive.operations.HiveLoadDataOperation;
import org.apache.flink.table.planner.delegation.hive.operations.HiveShowCreateTableOperation;
import org.apache.flink.table.planner.plan.nodes.hive.LogicalScriptTransform;

/**
 * Decides what a statement is and whether it may run. What is not named here does not run: a kind of statement that a
 * later Flink adds is refused until somebody has thought about it.
 */
final class Admission {

    private final SettingBounds settings;
    private final ConnectorBounds connectors;
    private final OpenProcedures procedures;

    Admission(SettingBounds settings, ConnectorBounds connectors) {
        this.settings = settings;
        this.connectors = connectors;
        this.procedures = new OpenProcedures(connectors);
    }

    /**
     * @return what the statement is
     * @throws WarehouseException a USER error when it may not run
     */
    StatementKind admit(List<Operation> operations) {
        StatementKind kind = null;
        for (Operation operation : operations) {
            kind = admit(operation);
        }
        return kind;
    }

    private StatementKind admit(Operation operation) {
        if (operation instanceof StatementSetOperation set) {
            set.getOperations().forEach(this::admit);
            return StatementKind.WRITE;
        }
        if (operation instanceof CreateTableASOperation create) {
            admitTable(create.getCreateTableOperation());
            admitQuery(create.getChild());
            return StatementKind.WRITE;
        }
        if (operation instanceof ReplaceTableAsOperation replace) {
            admitTable(replace.getCreateTableOperation());
            admitQuery(replace.getChild());
            return StatementKind.WRITE;
        }
        if (operation instanceof DeleteFromFilterOperation) {
            return StatementKind.WRITE;
        }
        if (operation instanceof ModifyOperation modify) {
            if (modify instanceof SinkModifyOperation sink) {
                admit(sink.getChild());
            }
            return StatementKind.WRITE;
        }
        if (operation instanceof QueryOperation query) {
            admitQuery(query);
            return StatementKind.QUERY;
        }
        if (operation instanceof ExplainOperation explain) {
            admit(explain.getChild());
            return StatementKind.METADATA;
        }
        if (operation instanceof ShowOperation
                || operation instanceof DescribeTableOperation
                || operation instanceof HiveShowCreateTableOperation) {
            return StatementKind.METADATA;
        }
        if (operation instanceof CallProcedureOperation) {
            return StatementKind.CALL;
        }
        return admitChange(operation);
    }

    /** Checks a procedure with its arguments, before Flink looks for it. */
    void admitProcedure(SqlCall procedure) {
        procedures.check(procedure);
    }

    private StatementKind admitChange(Operation operation) {
        if (operation instanceof SetOperation set) {
            set.getKey().ifPresent(key -> settings.check(key, set.getValue().orElse("")));
            return set.getKey().isPresent() ? StatementKind.SESSION : StatementKind.METADATA;
        }
        if (operation instanceof ResetOperation
                || operation instanceof UseDatabaseOperation
                || operation instanceof NopOperation) {
            return StatementKind.SESSION;
        }
        if (operation instanceof UseCatalogOperation use) {
            if (!WarehouseCatalog.NAME.equals(use.getCatalogName())) {
                throw new WarehouseException(
                        CatalogError.NOT_SUPPORTED,
                        "There is one catalog, '" + WarehouseCatalog.NAME + "', and no '" + use.getCatalogName()
                                + "'.");
            }
            return StatementKind.SESSION;
        }
        if (operation instanceof CreateTableOperation create) {
            admitTable(create);
            return create.isTemporary() ? StatementKind.SESSION : StatementKind.DDL;
        }
        if (operation instanceof CreateViewOperation create) {
            return create.isTemporary() ? StatementKind.SESSION : StatementKind.DDL;
        }
        if (operation instanceof CreateCatalogFunctionOperation create) {
            admitFunction(create.getCatalogFunction());
            return create.isTemporary() ? StatementKind.SESSION : StatementKind.DDL;
        }
        if (operation instanceof CreateTempSystemFunctionOperation create) {
            admitFunction(create.getCatalogFunction());
            return StatementKind.SESSION;
        }
        if (operation instanceof AlterCatalogFunctionOperation alter) {
            admitFunction(alter.getCatalogFunction());
            return StatementKind.DDL;
        }
        checkLocations(operation);
        if (operation instanceof AlterTableOperation
                || operation instanceof AlterPartitionOperation
                || operation instanceof AlterViewOperation
                || operation instanceof AlterDatabaseOperation
                || operation instanceof AnalyzeTableOperation
                || operation instanceof CreateDatabaseOperation
                || operation instanceof DropCatalogFunctionOperation
                || operation instanceof DropDatabaseOperation
                || operation instanceof DropPartitionsOperation
                || operation instanceof DropTableOperation
                || operation instanceof DropTempSystemFunctionOperation
                || operation instanceof DropViewOperation
                || operation instanceof TruncateTableOperation) {
            return StatementKind.DDL;
        }
        if (operation instanceof HiveExecutableOperation hive) {
            return admit(hive.getInnerOperation());
        }
        if (operation instanceof HiveSetOperation) {
            // It would change the one Hive configuration that all sessions share.
            throw new WarehouseException(
                    CatalogError.SETTING_NOT_ALLOWED,
                    "A session cannot SET hiveconf:, hivevar:, system:, env: or metaconf: values. A script can: weir run"
                            + " FILE -D name=value.");
        }
        if (operation instanceof HiveLoadDataOperation load) {
            connectors.checkPath(load.getPath().toString());
            return StatementKind.DDL;
        }
        throw notAllowed("A statement of this kind ("
                + operation.getClass().getSimpleName().replace("Operation", "") + ") cannot be run here.");
    }

    private void admitTable(CreateTableOperation create) {
        Map<String, String> options = create.getCatalogTable().getOptions();
        String connector = options.get("connector");
        if (connector != null && !"paimon".equals(connector) && !"hive".equals(connector)) {
            connectors.check(connector, options);
        } else {
            checkNew(options);
        }
    }

    /** Options that a statement gives a table or partition. */
    private void checkNew(Map<String, String> options) {
        connectors.checkOptions(options);
        HiveFormats.check(options);
    }

    /** Whatever names a place where files lie or will lie, or a class that reads them. */
    private void checkLocations(Operation operation) {
        if (operation instanceof CreateDatabaseOperation create) {
            connectors.checkOptions(create.getCatalogDatabase().getProperties());
        } else if (operation instanceof AlterDatabaseOperation alter) {
            checkDatabase(alter.getCatalogDatabase().getProperties());
        } else if (operation instanceof AddPartitionsOperation add) {
            add.getCatalogPartitions().forEach(partition -> checkNew(partition.getProperties()));
        } else if (operation instanceof AlterPartitionPropertiesOperation alter) {
            checkNew(changed(alter.getCatalogPartition().getProperties()));
        } else if (operation instanceof AlterTableChangeOperation alter) {
            // The new table as a whole holds its own place too, which is not for the statement to change.
            Map<String, String> set = new HashMap<>();
            for (TableChange change : alter.getTableChanges()) {
                if (change instanceof TableChange.SetOption option) {
                    set.put(option.getKey(), option.getValue());
                }
            }
            checkNew(set);
        } else if (operation instanceof AlterTableOptionsOperation alter) {
            checkNew(alter.getCatalogTable().getOptions());
        }
    }

    /** A database's properties come with its own place in them, which counts only when the statement changes it. */
    private void checkDatabase(Map<String, String> properties) {
        Map<String, String> changed = new HashMap<>(properties);
        if (!AlterHiveDatabaseOp.CHANGE_LOCATION.name().equals(properties.get(Constants.ALTER_DATABASE_OP))) {
            changed.remove(Constants.DATABASE_LOCATION_URI);
        }
        connectors.checkOptions(changed);
    }

    /** A partition's properties come with its own place in them, which counts only when the statement changes it. */
    private static Map<String, String> changed(Map<String, String> properties) {
        Map<String, String> changed = new HashMap<>(properties);
        if (!AlterTableOp.CHANGE_LOCATION.name().equals(properties.get(Constants.ALTER_TABLE_OP))) {
            changed.remove(Constants.TABLE_LOCATION_URI);
        }
        return changed;
    }

    private void admitFunction(CatalogFunction function) {
        if (function instanceof FunctionCatalog.InlineCatalogFunction) {
            // Of Hive's dialect, whose texts are looked at before they are parsed.
            return;
        }
        if (!function.getFunctionResources().isEmpty()) {
            throw ConnectorBounds.jarNotAllowed();
        }
        connectors.checkFunctionClass(function.getClassName());
    }

    /** Hive's TRANSFORM runs any program of the server's machine. */
    private static void admitQuery(QueryOperation query) {
        Scans.walk(query, node -> {
            if (node instanceof LogicalScriptTransform) {
                throw notAllowed("TRANSFORM … USING runs a program on the server and cannot be used.");
            }
        });
    }

    private static WarehouseException notAllowed(String detail) {
        return new WarehouseException(CatalogError.STATEMENT_NOT_ALLOWED, detail);
    }
}
