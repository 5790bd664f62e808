package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.SignedCommits;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.metadata.JaninoRelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataQueryBase;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.SqlDialect;
import org.apache.flink.table.api.TableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.bridge.java.internal.StreamTableEnvironmentImpl;
import org.apache.flink.table.api.config.OptimizerConfigOptions;
import org.apache.flink.table.api.config.TableConfigOptions;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;
import org.apache.flink.table.api.internal.TableResultImpl;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.catalog.CatalogManager;
import org.apache.flink.table.catalog.CatalogStoreHolder;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.FunctionCatalog;
import org.apache.flink.table.catalog.GenericInMemoryCatalogStore;
import org.apache.flink.table.catalog.ResolvedCatalogView;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.delegation.Executor;
import org.apache.flink.table.factories.PlannerFactoryUtil;
import org.apache.flink.table.module.ModuleManager;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.operations.command.ResetOperation;
import org.apache.flink.table.operations.command.SetOperation;
import org.apache.flink.table.operations.ddl.CreateViewOperation;
import org.apache.flink.table.operations.ddl.DropTableOperation;
import org.apache.flink.table.planner.calcite.CalciteConfig$;
import org.apache.flink.table.planner.calcite.FlinkPlannerImpl;
import org.apache.flink.table.planner.delegation.PlannerBase;
import org.apache.flink.table.planner.operations.PlannerQueryOperation;
import org.apache.flink.table.resource.ResourceManager;
import org.apache.flink.types.Row;
import org.apache.flink.util.FlinkUserCodeClassLoaders;
import org.apache.flink.util.MutableURLClassLoader;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.ql.session.SessionState;

/**
 * One Flink planner with its settings, current database and temporary objects, opened on the shared catalog and cluster.
 *
 * <p>Not thread-safe: its owner lets in one statement at a time.
 */
public final class PlannerSession implements AutoCloseable {

    private static final ThreadLocal<PlannerSession> EXECUTING = new ThreadLocal<>();

    private final WarehouseCatalog catalog;
    private final TableConfig tableConfig;
    private final Configuration defaults;
    private final CatalogManager catalogManager;
    private final ModuleManager moduleManager;
    private final ResourceManager resourceManager;
    private final PlannerBase planner;
    private final TableEnvironmentInternal environment;
    private final MutableURLClassLoader classLoader;
    private final ViewExpansion views = new ViewExpansion(this);

    /** Calcite keeps it for each thread, and the planner sets it for the thread that opens the session alone. */
    private final JaninoRelMetadataProvider metadataProvider;

    private PlannerSession(
            WarehouseCatalog catalog,
            TableConfig tableConfig,
            CatalogManager catalogManager,
            ModuleManager moduleManager,
            ResourceManager resourceManager,
            PlannerBase planner,
            TableEnvironmentInternal environment,
            MutableURLClassLoader classLoader) {
        this.catalog = catalog;
        this.tableConfig = tableConfig;
        this.defaults = new Configuration(tableConfig.getConfiguration());
        this.catalogManager = catalogManager;
        this.moduleManager = moduleManager;
        this.resourceManager = resourceManager;
        this.planner = planner;
        this.environment = environment;
        this.classLoader = classLoader;
        RelOptCluster cluster = planner.createFlinkPlanner().cluster();
        this.metadataProvider = JaninoRelMetadataProvider.of(cluster.getMetadataProvider());
        OpenValue.keepOpen(cluster.getPlanner());
    }

    /**
     * Opens a session.
     *
     * @param mode BATCH reads bounded tables, STREAMING compiles continuous jobs; fixed for the session's life
     * @param defaults settings that the session begins with
     */
    public static PlannerSession open(
            FlinkCluster cluster, WarehouseCatalog catalog, RuntimeExecutionMode mode, Map<String, String> defaults) {
        Configuration configuration = cluster.configuration();
        configuration.set(ExecutionOptions.RUNTIME_MODE, mode);
        // Paimon's source refuses the averages of decimals that this rule hands to it.
        configuration.set(OptimizerConfigOptions.TABLE_OPTIMIZER_SOURCE_AGGREGATE_PUSHDOWN_ENABLED, false);
        defaults.forEach(configuration::setString);

        MutableURLClassLoader classLoader =
                FlinkUserCodeClassLoaders.create(new URL[0], PlannerSession.class.getClassLoader(), configuration);
        StreamExecutionEnvironment streams =
                new StreamExecutionEnvironment(cluster.executors(), configuration, classLoader);
        Executor executor = new ObservedExecutor(streams);
        TableConfig tableConfig = TableConfig.getDefault();
        tableConfig.setRootConfiguration(executor.getConfiguration());
        tableConfig.addConfiguration(configuration);
        tableConfig.setPlannerConfig(CalciteConfig$.MODULE$
                .createBuilder()
                .replaceBatchProgram(new MomentsApart())
                .build());
        ResourceManager resourceManager = new ClosedResources(configuration, classLoader);
        ModuleManager moduleManager = new ModuleManager();
        moduleManager.loadModule(WarehouseModule.NAME, new WarehouseModule((TableFactory)
                catalog.getFactory().orElseThrow()));
        CatalogManager catalogManager = CatalogManager.newBuilder()
                .classLoader(classLoader)
                .config(tableConfig)
                .defaultCatalog(WarehouseCatalog.NAME, catalog)
                .executionConfig(streams.getConfig())
                .catalogModificationListeners(List.of())
                .catalogStoreHolder(CatalogStoreHolder.newBuilder()
                        .classloader(classLoader)
                        .config(tableConfig)
                        .catalogStore(new GenericInMemoryCatalogStore())
                        .build())
                .build();
        FunctionCatalog functions = new FunctionCatalog(tableConfig, resourceManager, catalogManager, moduleManager);
        PlannerBase planner = (PlannerBase) PlannerFactoryUtil.createPlanner(
                executor, tableConfig, classLoader, moduleManager, catalogManager, functions);
        TableEnvironmentInternal environment = new StreamTableEnvironmentImpl(
                catalogManager,
                moduleManager,
                resourceManager,
                functions,
                tableConfig,
                streams,
                planner,
                executor,
                mode == RuntimeExecutionMode.STREAMING);
        return new PlannerSession(
                catalog,
                tableConfig,
                catalogManager,
                moduleManager,
                resourceManager,
                planner,
                environment,
                classLoader);
    }

    /** Parses a statement of the session's dialect into operations; in Hive's dialect with Hive's functions in reach. */
    public List<Operation> parse(String sql) {
        return inDialect(() -> environment.getParser().parse(sql));
    }

    /** Parses a view's text in the view's own dialect, while a statement of the other one is parsed. */
    List<Operation> parse(String view, Dialect dialect) {
        SqlDialect before = tableConfig.getSqlDialect();
        // Hive's parser ends with its thread's session, and the statement around the view may be in one.
        SessionState hiveSession = SessionState.get();
        tableConfig.setSqlDialect(dialect == Dialect.HIVE ? SqlDialect.HIVE : SqlDialect.DEFAULT);
        try {
            return dialect == Dialect.HIVE
                    ? withHiveFunctions(() -> environment.getParser().parse(view))
                    : withoutHiveFunctions(() -> environment.getParser().parse(view));
        } finally {
            tableConfig.setSqlDialect(before);
            if (hiveSession != null) {
                SessionState.setCurrentSessionState(hiveSession);
            }
        }
    }

    /** How the session's statements see views. */
    ViewExpansion views() {
        return views;
    }

    /** The dialect of the session that executes something on this thread; empty when none does. */
    public static Optional<Dialect> executingDialect() {
        return Optional.ofNullable(EXECUTING.get())
                .map(session -> session.isHiveDialect() ? Dialect.HIVE : Dialect.FLINK);
    }

    /** Runs an action with the session's class loader. */
    <T> T inSession(Supplier<T> action) {
        return inDialect(action);
    }

    /** A Flink-dialect planner for one statement. */
    FlinkPlannerImpl flinkPlanner() {
        return planner.createFlinkPlanner();
    }

    /** Executes an operation; a job's submission is awaited, its end is not. */
    public TableResultInternal execute(Operation operation) {
        if (operation instanceof SetOperation set) {
            return set(set);
        }
        if (operation instanceof ResetOperation reset) {
            return reset(reset);
        }
        if (operation instanceof DropTableOperation drop && isOrphan(drop)) {
            return dropOrphan(drop);
        }
        Operation known = operation instanceof CreateViewOperation create && create.isTemporary()
                ? withDialect(create)
                : operation;
        return inDialect(() -> environment.executeInternal(known));
    }

    /** A temporary view has no place but the session to rest in, and keeps its dialect there. */
    private CreateViewOperation withDialect(CreateViewOperation create) {
        ResolvedCatalogView view = catalogManager.resolveCatalogView(create.getCatalogView());
        return new CreateViewOperation(
                create.getViewIdentifier(),
                new ResolvedCatalogView(
                        new DialectView(view.getOrigin(), isHiveDialect() ? Dialect.HIVE : Dialect.FLINK),
                        view.getResolvedSchema()),
                create.isIgnoreIfExists(),
                true);
    }

    /** Flink drops what it can look up, and a table whose files are gone is not to be looked up. */
    private boolean isOrphan(DropTableOperation drop) {
        return !drop.isTemporary()
                && catalogManager.getTable(drop.getTableIdentifier()).isEmpty()
                && catalog.isOrphan(drop.getTableIdentifier().toObjectPath());
    }

    private TableResultInternal dropOrphan(DropTableOperation drop) {
        try {
            catalog.dropTable(drop.getTableIdentifier().toObjectPath(), drop.isIfExists());
            return TableResultImpl.TABLE_RESULT_OK;
        } catch (TableNotExistException e) {
            throw new ValidationException(e.getMessage(), e);
        }
    }

    /** Hive's settings, a copy for whoever asks. */
    HiveConf hiveConf() {
        return catalog.getHiveConf();
    }

    private TableResultInternal set(SetOperation set) {
        if (set.getKey().isPresent()) {
            tableConfig.set(set.getKey().get(), set.getValue().orElse(""));
            return TableResultImpl.TABLE_RESULT_OK;
        }
        List<Row> rows = new ArrayList<>();
        settings().forEach((key, value) -> rows.add(Row.of(key, value)));
        return (TableResultInternal) TableResultImpl.builder()
                .resultKind(ResultKind.SUCCESS_WITH_CONTENT)
                .schema(ResolvedSchema.of(
                        Column.physical("key", DataTypes.STRING()), Column.physical("value", DataTypes.STRING())))
                .data(rows)
                .build();
    }

    private TableResultInternal reset(ResetOperation reset) {
        reset.getKey()
                .map(List::of)
                .orElseGet(() -> List.copyOf(tableConfig.getConfiguration().keySet()))
                .forEach(this::reset);
        return TableResultImpl.TABLE_RESULT_OK;
    }

    /** Gives a setting the value that the session began with. */
    public void reset(String key) {
        restore(tableConfig.getConfiguration(), key);
        // Compiling a statement writes the session's settings through to its environment.
        restore((Configuration) tableConfig.getRootConfiguration(), key);
    }

    private void restore(Configuration configuration, String key) {
        String before = defaults.toMap().get(key);
        if (before == null) {
            configuration.removeKey(key);
        } else {
            configuration.setString(key, before);
        }
    }

    /**
     * Executes a statement, several writes of it as one job.
     *
     * @param signature how the user of the commits begins that it makes
     */
    public TableResultInternal execute(Compiled compiled, String signature) {
        List<Operation> operations = compiled.operations();
        if (compiled.kind() == StatementKind.METADATA) {
            // It would show the signature among the settings.
            return inTurn(operations);
        }
        return signed(signature, () -> {
            if (operations.get(0) instanceof StatementSetOperation set) {
                return execute(set.getOperations());
            }
            return compiled.kind() == StatementKind.WRITE && operations.size() > 1
                    ? execute(
                            operations.stream().map(ModifyOperation.class::cast).toList())
                    : inTurn(operations);
        });
    }

    private TableResultInternal inTurn(List<Operation> operations) {
        TableResultInternal result = null;
        for (Operation operation : operations) {
            result = execute(operation);
        }
        return result;
    }

    /** Has the commits signed of all tables that are opened to be written: Paimon reads a setting for that. */
    public <T> T signed(String signature, Supplier<T> action) {
        Configuration settings = config().getConfiguration();
        settings.setString(SignedCommits.SIGNATURE_SETTING, signature);
        try {
            return action.get();
        } finally {
            settings.removeKey(SignedCommits.SIGNATURE_SETTING);
            // Compiling a statement writes the session's settings through to its environment.
            ((Configuration) tableConfig.getRootConfiguration()).removeKey(SignedCommits.SIGNATURE_SETTING);
        }
    }

    /** Executes several writes as one job. */
    public TableResultInternal execute(List<ModifyOperation> operations) {
        return inDialect(() -> environment.executeInternal(operations));
    }

    /** Flink's explanation of several writes as one job. */
    public String explain(List<Operation> writes) {
        return inDialect(() -> environment.explainInternal(writes));
    }

    /** Flink's logical plan of a query, as {@link LogicalPlans} describes it. */
    public RelNode logicalPlan(QueryOperation query) {
        if (!(query instanceof PlannerQueryOperation planned)) {
            throw new IllegalArgumentException("not a query that was parsed: " + query.asSummaryString());
        }
        return inDialect(() -> LogicalPlans.optimize(planner, planned.getCalciteTree()));
    }

    /**
     * As {@link #logicalPlan}, of a query with open values.
     *
     * @throws WarehouseException NOT_SUPPORTED when the plan is right for no value
     */
    public RelNode openLogicalPlan(QueryOperation query) {
        RelNode plan = logicalPlan(query);
        OpenConditions.check(plan);
        return plan;
    }

    public CatalogManager catalogs() {
        return catalogManager;
    }

    public TableConfig config() {
        return tableConfig;
    }

    public boolean isHiveDialect() {
        return SqlDialect.HIVE.name().equalsIgnoreCase(tableConfig.get(TableConfigOptions.TABLE_SQL_DIALECT));
    }

    /** The value of one setting, if it has one; the dialect's is not its name here ({@link #isHiveDialect}). */
    public Optional<String> setting(String key) {
        return tableConfig.getOptional(ConfigOptions.key(key).stringType().noDefaultValue());
    }

    /** The settings of the session, those of the cluster included. */
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(((Configuration) tableConfig.getRootConfiguration()).toMap());
        settings.putAll(tableConfig.getConfiguration().toMap());
        settings.put(TableConfigOptions.TABLE_SQL_DIALECT.key(), tableConfig.get(TableConfigOptions.TABLE_SQL_DIALECT));
        return settings;
    }

    /**
     * Hive's module changes what built-in names mean, so it is loaded for Hive's dialect alone, and stands first there.
     * Threads that Flink starts on the way inherit the session's class loader.
     */
    private <T> T inDialect(Supplier<T> action) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(classLoader);
        JaninoRelMetadataProvider providerBefore = RelMetadataQueryBase.THREAD_PROVIDERS.get();
        RelMetadataQueryBase.THREAD_PROVIDERS.set(metadataProvider);
        PlannerSession sessionBefore = EXECUTING.get();
        EXECUTING.set(this);
        try {
            return isHiveDialect() ? withHiveFunctions(action) : action.get();
        } finally {
            if (sessionBefore == null) {
                EXECUTING.remove();
            } else {
                EXECUTING.set(sessionBefore);
            }
            RelMetadataQueryBase.THREAD_PROVIDERS.set(providerBefore);
            thread.setContextClassLoader(before);
        }
    }

    private <T> T withHiveFunctions(Supplier<T> action) {
        if (hasHiveFunctions()) {
            return action.get();
        }
        loadHiveFunctions();
        try {
            return action.get();
        } finally {
            moduleManager.unloadModule(BoundedHiveModule.NAME);
        }
    }

    private <T> T withoutHiveFunctions(Supplier<T> action) {
        if (!hasHiveFunctions()) {
            return action.get();
        }
        moduleManager.unloadModule(BoundedHiveModule.NAME);
        try {
            return action.get();
        } finally {
            loadHiveFunctions();
        }
    }

    private void loadHiveFunctions() {
        moduleManager.loadModule(BoundedHiveModule.NAME, new BoundedHiveModule(tableConfig, classLoader));
        moduleManager.useModules(BoundedHiveModule.NAME, "core", WarehouseModule.NAME);
    }

    private boolean hasHiveFunctions() {
        return moduleManager.listModules().contains(BoundedHiveModule.NAME);
    }

    @Override
    public void close() throws java.io.IOException {
        resourceManager.close();
    }
}
