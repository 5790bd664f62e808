package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.QueryPlan.OpenLiteral;
import dev.weirhouse.catalog.paimon.PaimonHints;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.flink.table.catalog.ContextResolvedTable;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UnresolvedIdentifier;
import org.apache.flink.table.operations.DeleteFromFilterOperation;
import org.apache.flink.table.operations.ExplainOperation;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.operations.ddl.CreateCatalogFunctionOperation;
import org.apache.flink.table.operations.ddl.CreateTableOperation;
import org.apache.flink.table.operations.ddl.CreateTempSystemFunctionOperation;
import org.apache.flink.table.operations.ddl.CreateViewOperation;
import org.apache.flink.table.operations.ddl.DropCatalogFunctionOperation;
import org.apache.flink.table.operations.ddl.DropTableOperation;
import org.apache.flink.table.operations.ddl.DropTempSystemFunctionOperation;
import org.apache.flink.table.operations.ddl.DropViewOperation;
import org.apache.flink.table.planner.calcite.FlinkPlannerImpl;
import org.apache.flink.table.planner.calcite.FlinkTypeFactory;
import org.apache.flink.table.planner.operations.SqlNodeToOperationConversion;
import org.apache.flink.table.planner.parse.ExtendedParser;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Turns a text into operations that may run.
 *
 * <ol>
 *   <li>Parse in the session's dialect; Flink's texts into a syntax tree, Hive's straight into operations.
 *   <li>In a CALL, names that stand for another version become that version: Paimon's actions open tables by themselves.
 *   <li>Markers get types, then values or nothing.
 *   <li>Validate and convert; each table that is met is opened through {@link TableFactory}.
 *   <li>Admit.
 * </ol>
 */
public final class Statements {

    /** TABLES is a reserved word of Flink's; {@code weir.tables} is written so often that it is read without quotes. */
    private static final Pattern WEIR_TABLES = Pattern.compile(
            "'[^']*+(?:''[^']*+)*+'|`[^`]*+`|--[^\\n]*+|(?s:/\\*.*?\\*/)|(?<bare>(?i:\\bweir\\s*\\.\\s*tables\\b))");

    private static final Pattern ALTER = Pattern.compile("(?:\\s|--[^\\n]*+\\n|(?s:/\\*.*?\\*/))*+(?i:ALTER)\\b");

    private static final ResolvedSchema NO_COLUMNS = ResolvedSchema.of(List.of());

    private final PlannerSession session;
    private final Admission admission;
    private final ConnectorBounds connectors;
    private final ProcedureCalls procedures;
    private final WriteTargets targets;

    public Statements(
            PlannerSession session, SettingBounds settings, ConnectorBounds connectors, VersionedCatalog versions) {
        this.session = session;
        this.admission = new Admission(settings, connectors);
        this.connectors = connectors;
        this.procedures = new ProcedureCalls(admission, versions);
        this.targets = new WriteTargets(session.catalogs(), versions);
    }

    /** Compiles a statement without values for its markers. Nothing is executed. */
    public Compiled describe(String sql) {
        return compile(sql, Optional.empty());
    }

    /**
     * Compiles a statement with values for its markers.
     *
     * @throws WarehouseException PARAMETER_MISMATCH when there are more or fewer values than markers
     */
    public Compiled bind(String sql, List<?> values) {
        return compile(sql, Optional.of(values));
    }

    /**
     * Compiles a query of Flink's dialect whose markers stay open, and those of its literals that may become others
     * without a change of its plan.
     *
     * @param literals takes those literals, in the order of their numbers
     */
    public Compiled open(String sql, List<OpenLiteral> literals) {
        if (session.isHiveDialect() || WEIR_TABLES.matcher(sql).results().anyMatch(found -> found.group(1) != null)) {
            throw new WarehouseException(CatalogError.NOT_SUPPORTED, "Only a query of Flink's dialect is left open.");
        }
        return session.views()
                .expanding(() -> session.inSession(() -> {
                    FlinkPlannerImpl planner = session.flinkPlanner();
                    SqlNode statement = single(planner.parser().parseSqlList(sql));
                    List<SqlDynamicParam> markers = Parameters.markers(statement);
                    RelDataTypeFactory factory = typeFactory(planner);
                    Map<Integer, RelDataType> types = markers.isEmpty() ? new TreeMap<>() : types(sql, statement);
                    statement = Parameters.leaveOpen(statement, types, factory);
                    OpenLiterals opener = new OpenLiterals(factory, markers.size());
                    opener.open(statement);
                    literals.addAll(opener.found());
                    return converted(planner, statement, markers, types);
                }));
    }

    private Compiled compile(String sql, Optional<List<?>> values) {
        // A view that is altered is given back its own text.
        return ALTER.matcher(sql).lookingAt()
                ? compileAs(sql, values)
                : session.views().expanding(() -> compileAs(sql, values));
    }

    private Compiled compileAs(String sql, Optional<List<?>> values) {
        if (session.isHiveDialect()) {
            if (values.isPresent() && !values.get().isEmpty()) {
                throw new WarehouseException(
                        CatalogError.NOT_SUPPORTED,
                        "Hive's dialect has no parameters: write the values into the text.");
            }
            session.inSession(() -> {
                HiveFunctionTexts.check(sql, connectors, session.hiveConf());
                return null;
            });
            return admitted(session.parse(sql), List.of());
        }
        Optional<Operation> command = ExtendedParser.INSTANCE.parse(sql);
        if (command.isPresent()) {
            return admitted(List.of(command.get()), List.of());
        }
        String quoted = WEIR_TABLES
                .matcher(sql)
                .replaceAll(
                        found -> Matcher.quoteReplacement(found.group(1) == null ? found.group() : "weir.`tables`"));
        return session.inSession(() -> compileFlink(quoted, values));
    }

    private Compiled compileFlink(String sql, Optional<List<?>> values) {
        FlinkPlannerImpl planner = session.flinkPlanner();
        SqlNode statement = procedures.resolve(single(planner.parser().parseSqlList(sql)));
        List<SqlDynamicParam> markers = Parameters.markers(statement);
        if (values.isPresent() && values.get().size() != markers.size()) {
            throw new WarehouseException(
                    CatalogError.PARAMETER_MISMATCH,
                    "The statement has " + markers.size() + " markers, and "
                            + values.get().size() + " values were given.");
        }
        Map<Integer, RelDataType> types = new TreeMap<>();
        if (!markers.isEmpty()) {
            types = types(sql, statement);
            RelDataTypeFactory factory = typeFactory(planner);
            statement = values.isPresent()
                    ? Parameters.bind(statement, types, values.get(), factory, zone())
                    : statement.getKind() == SqlKind.INSERT
                            ? Parameters.bindNulls(statement, types, factory)
                            : statement;
        }
        return converted(planner, statement, markers, types);
    }

    private Compiled converted(
            FlinkPlannerImpl planner,
            SqlNode statement,
            List<SqlDynamicParam> markers,
            Map<Integer, RelDataType> types) {
        Operation operation = SqlNodeToOperationConversion.convert(planner, session.catalogs(), statement)
                .orElseThrow(() -> new WarehouseException(
                        CatalogError.NOT_SUPPORTED, "Flink's parser reads this statement, but its planner does not."));
        List<LogicalType> parameters = new ArrayList<>();
        for (SqlDynamicParam marker : markers) {
            RelDataType type = types.get(marker.getIndex());
            parameters.add(type == null ? VarCharType.STRING_TYPE : FlinkTypeFactory.toLogicalType(type));
        }
        return admitted(List.of(operation), parameters);
    }

    private Compiled admitted(List<Operation> parsed, List<LogicalType> parameters) {
        StatementKind kind = admission.admit(parsed);
        List<Operation> operations =
                kind == StatementKind.WRITE ? StatementScope.twins().redirect(parsed, session.catalogs()) : parsed;
        operations.forEach(Statements::checkHints);
        operations.forEach(Statements::refuseReserved);
        operations.forEach(targets::note);
        ResolvedSchema schema =
                kind == StatementKind.QUERY ? ((QueryOperation) operations.get(0)).getResolvedSchema() : NO_COLUMNS;
        return new Compiled(kind, operations, schema, parameters);
    }

    /** Whether a statement makes or drops something that only its session sees. */
    public static boolean isTemporary(Operation operation) {
        return operation instanceof CreateTableOperation table && table.isTemporary()
                || operation instanceof CreateViewOperation view && view.isTemporary()
                || operation instanceof DropTableOperation drop && drop.isTemporary()
                || operation instanceof DropViewOperation drop && drop.isTemporary()
                || operation instanceof CreateCatalogFunctionOperation function && function.isTemporary()
                || operation instanceof DropCatalogFunctionOperation drop && drop.isTemporary()
                || operation instanceof CreateTempSystemFunctionOperation
                || operation instanceof DropTempSystemFunctionOperation;
    }

    private static void refuseReserved(Operation operation) {
        if (operation instanceof CreateTableOperation create) {
            ReservedOptions.refuse(create.getCatalogTable().getOptions());
        } else if (operation instanceof CreateViewOperation create) {
            ReservedOptions.refuse(create.getCatalogView().getOptions());
        }
    }

    /** Hints on Paimon's system tables, which do not show in the options that those are opened with. */
    private static void checkHints(Operation operation) {
        if (operation instanceof ExplainOperation explain) {
            checkHints(explain.getChild());
        } else if (operation instanceof StatementSetOperation set) {
            set.getOperations().forEach(Statements::checkHints);
        } else if (operation instanceof QueryOperation query) {
            Scans.hintsOnSystemTables(query).forEach(PaimonHints::check);
        } else if (operation instanceof ModifyOperation write
                && !(write instanceof DeleteFromFilterOperation)
                && write.getChild() != null) {
            checkHints(write.getChild());
        }
    }

    /** The types of markers, found on a tree of their own because validation changes the tree it is given. */
    private Map<Integer, RelDataType> types(String sql, SqlNode statement) {
        FlinkPlannerImpl planner = session.flinkPlanner();
        SqlNode scratch = single(planner.parser().parseSqlList(sql));
        Map<Integer, RelDataType> types = new TreeMap<>();
        if (statement instanceof SqlInsert) {
            SqlInsert insert = (SqlInsert) scratch;
            types.putAll(Parameters.ofInsert(insert, columns(insert, typeFactory(planner))));
            scratch = Parameters.bindNulls(scratch, types, typeFactory(planner));
        }
        SqlNode validated = planner.validate(scratch);
        SqlNode source = validated instanceof SqlInsert insert ? insert.getSource() : validated;
        Parameters.ofQuery(source, planner.getOrCreateSqlValidator(), types);
        return types;
    }

    private List<RelDataType> columns(SqlInsert insert, FlinkTypeFactory factory) {
        ObjectIdentifier target = session.catalogs()
                .qualifyIdentifier(UnresolvedIdentifier.of(((SqlIdentifier) insert.getTargetTable()).names));
        ContextResolvedTable table = session.catalogs().getTableOrError(target);
        SqlNodeList named = insert.getTargetColumnList();
        return table.getResolvedSchema().getColumns().stream()
                .filter(column -> column.isPersisted())
                .filter(column -> named == null
                        || named.getList().stream()
                                .anyMatch(name ->
                                        ((SqlIdentifier) name).getSimple().equals(column.getName())))
                .map(column -> factory.createFieldTypeFromLogicalType(
                        column.getDataType().getLogicalType()))
                .toList();
    }

    private static FlinkTypeFactory typeFactory(FlinkPlannerImpl planner) {
        return (FlinkTypeFactory) planner.getOrCreateSqlValidator().getTypeFactory();
    }

    private ZoneId zone() {
        return session.config().getLocalTimeZone();
    }

    private static SqlNode single(SqlNodeList statements) {
        if (statements.size() != 1) {
            throw new WarehouseException(
                    CatalogError.SYNTAX_ERROR,
                    "One statement was expected, and there are " + statements.size()
                            + ". A script is run by: weir run FILE.");
        }
        return statements.get(0);
    }
}
