package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.flink.flow.FlowTableSource;
import dev.weirhouse.catalog.flink.flow.FlowTables;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.PaimonHints;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.TableRead;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.hive.HiveCatalog;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.Factory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.flink.DataCatalogTable;
import org.apache.paimon.flink.SystemCatalogTable;
import org.apache.paimon.flink.source.DataTableSource;
import org.apache.paimon.table.FileStoreTable;

/**
 * Opens every table that a statement reads or writes. Flink asks it for the catalog's tables, because the catalog names
 * it, and for temporary and anonymous ones, because {@link WarehouseModule} does: nothing is opened past the bounds.
 */
public final class TableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {

    /** Of what Paimon makes of a table {@code t}, such as {@code t$ro}, those that have its rows. */
    private static final Set<String> WITH_ROWS = Set.of("ro", "audit_log", "binlog");

    /** The flow that a streaming job belongs to. */
    private static final ConfigOption<String> FLOW =
            ConfigOptions.key(FlowTables.SETTING).stringType().noDefaultValue();

    private final Factory paimon;
    private final Factory hive;
    private final ConnectorBounds bounds;
    private final SystemTables systemTables;
    private final CutTables cuts;

    /**
     * @param paimon Paimon's factory, bound to its catalog
     * @param hive the Hive connector's factory, bound to the metastore
     * @param cuts finds what a session's cut asks for
     */
    public TableFactory(
            Factory paimon, Factory hive, ConnectorBounds bounds, SystemTables systemTables, CutTables cuts) {
        this.paimon = paimon;
        this.hive = hive;
        this.bounds = bounds;
        this.systemTables = systemTables;
        this.cuts = cuts;
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        CatalogTable origin = context.getCatalogTable().getOrigin();
        String system = origin.getOptions().get(SystemTable.OPTION);
        if (system != null && isSystem(context)) {
            return new SystemTableSource(systemTables
                    .find(system)
                    .orElseThrow(() -> new ValidationException("There is no table weir." + system)));
        }
        if (isPaimon(origin)) {
            bounds.checkOwn(
                    PaimonTables.location(origin), context.getCatalogTable().getOptions());
            return paimonSource(context);
        }
        StatementScope.current().readsElsewhere(dataset(context));
        if (!PostgresTables.beginsWhole(context.getCatalogTable().getOptions())) {
            StatementScope.current().beginsLater(dataset(context));
        }
        if (HiveCatalog.isHiveTable(origin.getOptions()) && !context.isTemporary()) {
            checkHive(context);
            return ((DynamicTableSourceFactory) hive).createDynamicTableSource(context);
        }
        Context bounded = bounded(context);
        return redacting(() -> FactoryUtil.discoverFactory(
                        context.getClassLoader(), DynamicTableSourceFactory.class, connector(context))
                .createDynamicTableSource(bounded));
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        CatalogTable origin = context.getCatalogTable().getOrigin();
        if (isSystem(context)) {
            throw new ValidationException("The tables of the database weir can be read only.");
        }
        if (isPaimon(origin)) {
            bounds.checkOwn(
                    PaimonTables.location(origin), context.getCatalogTable().getOptions());
            PaimonTables.of(origin)
                    .ifPresent(table -> PaimonHints.check(
                            name(context),
                            table.options(),
                            context.getCatalogTable().getOptions()));
            return ((DynamicTableSinkFactory) paimon)
                    .createDynamicTableSink(isOfFlow(context) ? withEmptyCommits(context) : context);
        }
        if (HiveCatalog.isHiveTable(origin.getOptions()) && !context.isTemporary()) {
            checkHive(context);
            return ((DynamicTableSinkFactory) hive).createDynamicTableSink(context);
        }
        Context bounded = bounded(context);
        return redacting(() -> FactoryUtil.discoverFactory(
                        context.getClassLoader(), DynamicTableSinkFactory.class, connector(context))
                .createDynamicTableSink(bounded));
    }

    @Override
    public String factoryIdentifier() {
        return "weirhouse";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    private static boolean isSystem(Context context) {
        return !context.isTemporary()
                && WarehouseCatalog.isSystem(context.getObjectIdentifier().getDatabaseName());
    }

    private static boolean isPaimon(CatalogTable origin) {
        return origin instanceof DataCatalogTable || origin instanceof SystemCatalogTable;
    }

    private static String connector(Context context) {
        String connector = context.getCatalogTable().getOptions().get(FactoryUtil.CONNECTOR.key());
        if (connector == null) {
            throw new ValidationException(
                    "The table " + context.getObjectIdentifier().asSummaryString()
                            + " names no connector. A temporary table needs one: WITH ('connector' = …).");
        }
        return connector;
    }

    private static TableName name(Context context) {
        return new TableName(
                context.getObjectIdentifier().getDatabaseName(),
                context.getObjectIdentifier().getObjectName());
    }

    private static String dataset(Context context) {
        return context.isTemporary()
                ? Datasets.temporary(
                        context.getObjectIdentifier(), context.getCatalogTable().getOptions())
                : Datasets.name(context.getObjectIdentifier());
    }

    /** Whether it is a table such as {@code t$snapshots}, which says something about t and has none of its rows. */
    private static boolean tellsOfTable(String name) {
        return name.lastIndexOf('$') > 0 && !hasRowsOfTable(name);
    }

    private static boolean hasRowsOfTable(String name) {
        int part = name.lastIndexOf('$');
        return part > 0 && WITH_ROWS.contains(name.substring(part + 1));
    }

    /** A bounded read is fixed to a snapshot: to the moment that it names, or to the statement's. */
    private DynamicTableSource paimonSource(Context context) {
        Optional<FileStoreTable> table =
                PaimonTables.of(context.getCatalogTable().getOrigin());
        if (table.isEmpty()) {
            String name = dataset(context);
            if (!tellsOfTable(name)) {
                if (hasRowsOfTable(name) && StatementScope.current().asked().isPresent()) {
                    throw new ValidationException(name + " is read as it is now, and '" + Cut.SETTING
                            + "' asks for another moment. RESET that first.");
                }
                StatementScope.current().readsElsewhere(name);
            }
            return opened(context);
        }
        Map<String, String> options = context.getCatalogTable().getOptions();
        TableName name = name(context);
        PaimonHints.check(name, table.get().options(), options);
        StatementScope scope = StatementScope.current();
        if (context.getConfiguration().get(ExecutionOptions.RUNTIME_MODE) != RuntimeExecutionMode.BATCH) {
            String version = PaimonTables.version(name, table.get());
            scope.reads(name, version, OptionalLong.empty());
            if (!PaimonTables.beginsWhole(options)) {
                scope.beginsLater(version);
            }
            return isOfFlow(context)
                    ? new FlowTableSource(flowTable(name, table.get(), options), version, context, StatementScope::flow)
                    : opened(context);
        }
        Optional<Cut> cut = PaimonTables.travelsInTime(options) || isSystem(context) ? Optional.empty() : scope.asked();
        return cut.isPresent() ? pinned(cuts.at(cut.get(), name, context), name, scope) : pinned(context, name, scope);
    }

    private DynamicTableSource pinned(Context context, TableName name, StatementScope scope) {
        FileStoreTable table =
                PaimonTables.of(context.getCatalogTable().getOrigin()).orElseThrow();
        Map<String, String> options = context.getCatalogTable().getOptions();
        String version = PaimonTables.version(name, table);
        boolean travels = PaimonTables.travelsInTime(options);
        OptionalLong snapshot = OptionalLong.empty();
        if (travels) {
            scope.reads(name, version, PaimonTables.moment(table, options));
        } else {
            snapshot = scope.snapshot(name, version, () -> PaimonTables.latestSnapshot(table));
        }
        // A table that was empty when the statement was planned is empty for it.
        DynamicTableSource source =
                opened(travels ? context : with(context, PaimonTables.at(options, snapshot.orElse(0))));
        if (!table.partitionKeys().isEmpty()
                && source instanceof DataTableSource plain
                && plain.getTable() instanceof FileStoreTable pinned) {
            source = new PartitionedSource(version, pinned, context);
        }
        scope.tables().add(source, new TableRead(name, version, table, options, snapshot, travels));
        return source;
    }

    /** A checkpoint at a boundary is told by its commit, also where it changes nothing. */
    private static Context withEmptyCommits(Context context) {
        Map<String, String> options = new HashMap<>(context.getCatalogTable().getOptions());
        options.put(CoreOptions.COMMIT_FORCE_CREATE_SNAPSHOT.key(), "true");
        return with(context, options);
    }

    private static boolean isOfFlow(Context context) {
        return context.getConfiguration().getOptional(FLOW).isPresent();
    }

    private static FileStoreTable flowTable(TableName name, FileStoreTable table, Map<String, String> options) {
        if (PaimonTables.travelsInTime(options)) {
            throw new ValidationException(
                    "A job of a flow reads from the flow's boundary on: take the moment out of the hint of " + name
                            + ".");
        }
        FlowTables.whyNotRead(name, table).ifPresent(why -> {
            throw new ValidationException(why);
        });
        return table.copyWithoutTimeTravel(options);
    }

    private DynamicTableSource opened(Context context) {
        return ((DynamicTableSourceFactory) paimon).createDynamicTableSource(context);
    }

    private static Context with(Context context, Map<String, String> options) {
        return with(context, context.getCatalogTable().copy(options));
    }

    static Context with(Context context, ResolvedCatalogTable table) {
        return new FactoryUtil.DefaultDynamicTableContext(
                context.getObjectIdentifier(),
                table,
                context.getEnrichmentOptions(),
                context.getConfiguration(),
                context.getClassLoader(),
                context.isTemporary());
    }

    /** A table of the metastore has its place there, not among its options: a path here is one that SQL names. */
    private void checkHive(Context context) {
        Map<String, String> options = context.getCatalogTable().getOptions();
        for (String key : List.of("hive.location-uri", "path")) {
            if (options.containsKey(key)) {
                bounds.checkPath(options.get(key));
            }
        }
        HiveFormats.check(options);
    }

    private Context bounded(Context context) {
        Map<String, String> options = context.getCatalogTable().getOptions();
        bounds.check(connector(context), options);
        return with(context, bounds.resolve(options));
    }

    private <T> T redacting(java.util.function.Supplier<T> create) {
        try {
            return create.get();
        } catch (ValidationException e) {
            throw new ValidationException(bounds.redact(String.valueOf(e.getMessage())), redacted(e.getCause()));
        }
    }

    private Throwable redacted(Throwable cause) {
        return cause == null
                ? null
                : new ValidationException(
                        bounds.redact(String.valueOf(cause.getMessage())), redacted(cause.getCause()));
    }
}
