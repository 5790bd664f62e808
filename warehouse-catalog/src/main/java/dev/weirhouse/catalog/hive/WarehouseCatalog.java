package dev.weirhouse.catalog.hive;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.ConnectorBounds;
import dev.weirhouse.catalog.flink.CutTables;
import dev.weirhouse.catalog.flink.DialectView;
import dev.weirhouse.catalog.flink.HiveFormats;
import dev.weirhouse.catalog.flink.PlannerSession;
import dev.weirhouse.catalog.flink.ReservedOptions;
import dev.weirhouse.catalog.flink.StatementScope;
import dev.weirhouse.catalog.flink.SystemTable;
import dev.weirhouse.catalog.flink.SystemTables;
import dev.weirhouse.catalog.flink.TableFactory;
import dev.weirhouse.catalog.flink.ViewExpansion;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.VersionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogDatabase;
import org.apache.flink.table.catalog.CatalogDatabaseImpl;
import org.apache.flink.table.catalog.CatalogPropertiesUtil;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.CatalogView;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedCatalogView;
import org.apache.flink.table.catalog.TableChange;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.DatabaseAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotEmptyException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.TableAlreadyExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.factories.Factory;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.catalog.CatalogFactory;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.flink.FlinkCatalog;
import org.apache.paimon.flink.FlinkFileIOLoader;
import org.apache.paimon.options.Options;

/**
 * The one catalog. To Flink it is a Hive catalog, which Flink's Hive parser insists on; a Paimon table, with its
 * partitions, statistics, system tables ({@code t$snapshots}) and procedures, is Paimon's; the database {@code weir} holds
 * the warehouse's own tables.
 *
 * <p>Thread-safe, and shared by all sessions: {@link #open} and {@link #close} as Flink's sessions call them do nothing,
 * {@link #start} and {@link #stop} do.
 */
public final class WarehouseCatalog extends RoutedHiveCatalog {

    /** The catalog's name in SQL. */
    public static final String NAME = "weirhouse";

    /** The database of the warehouse's own tables. */
    public static final String SYSTEM_DATABASE = "weir";

    /** Whether a name stands for the database of the warehouse's own tables: the metastore knows no case. */
    public static boolean isSystem(String database) {
        return SYSTEM_DATABASE.equalsIgnoreCase(database);
    }

    private static final String PAIMON_INPUT_FORMAT = "org.apache.paimon.hive.mapred.PaimonInputFormat";

    private final VersionedCatalog versioned;
    private final FlinkCatalog paimon;
    private final SystemTables systemTables;
    private final TableFactory factory;

    private WarehouseCatalog(
            CatalogConfig config,
            String metastoreUri,
            VersionedCatalog versioned,
            Options paimonOptions,
            SystemTables systemTables,
            ConnectorBounds bounds) {
        super(NAME, HiveSettings.client(config, metastoreUri));
        this.versioned = versioned;
        this.paimon = new FlinkCatalog(versioned, NAME, DEFAULT_DB, getClass().getClassLoader(), paimonOptions);
        this.systemTables = systemTables;
        this.factory = new TableFactory(
                paimon.getFactory().orElseThrow(),
                super.getFactory().orElseThrow(),
                bounds,
                systemTables,
                new CutTables(paimon));
    }

    /** Connects to the metastore at an address. */
    public static WarehouseCatalog start(
            CatalogConfig config,
            String metastoreUri,
            VersionStore versions,
            SystemTables systemTables,
            ConnectorBounds bounds) {
        Options options = new Options();
        options.set("metastore", "hive");
        options.set("uri", metastoreUri);
        options.set("warehouse", config.warehouse());
        // Hive tables stay Hive's: Paimon does not show them as tables of its own.
        options.set("format-table.enabled", "false");
        try {
            // Paimon's own file access comes first, Flink's only where Paimon has none: Flink's local rename replaces
            // an
            // existing file, and a commit is the rename of a snapshot that must not exist yet.
            VersionedCatalog versioned = new VersionedCatalog(
                    CatalogFactory.createCatalog(CatalogContext.create(
                            options, HiveSettings.client(config, metastoreUri), null, new FlinkFileIOLoader())),
                    versions);
            WarehouseCatalog catalog =
                    new WarehouseCatalog(config, metastoreUri, versioned, options, systemTables, bounds);
            catalog.openMetastore();
            return catalog;
        } catch (RuntimeException e) {
            throw new WarehouseException(
                    CatalogError.METASTORE_UNREACHABLE,
                    "The Hive Metastore at " + metastoreUri + " does not answer: " + e.getMessage()
                            + ". Check metastore.uri and that the metastore runs.",
                    e);
        }
    }

    private void openMetastore() {
        super.open();
    }

    /** Closes the connections that {@link #start} opened. */
    public void stop() {
        super.close();
        try {
            versioned.close();
        } catch (Exception e) {
            throw new CatalogException("Paimon's catalog did not close", e);
        }
    }

    @Override
    public void open() {}

    @Override
    public void close() {}

    /** Paimon's side of the catalog, where names become versions. */
    public VersionedCatalog versioned() {
        return versioned;
    }

    @Override
    FlinkCatalog paimon() {
        return paimon;
    }

    @Override
    public Optional<Factory> getFactory() {
        return Optional.of(factory);
    }

    /** None: the factory above opens every table, and Flink would ask a legacy one first. */
    @Override
    public Optional<org.apache.flink.table.factories.TableFactory> getTableFactory() {
        return Optional.empty();
    }

    /** A table without a connector is Paimon's, not one of those that Flink would manage itself. */
    @Override
    public boolean supportsManagedTable() {
        return false;
    }

    /**
     * A copy: Flink gives the class loader of a session to what it gets here, and that session ends before the catalog.
     */
    @Override
    public HiveConf getHiveConf() {
        return new HiveConf(super.getHiveConf());
    }

    // databases

    @Override
    public List<String> listDatabases() {
        List<String> names = new ArrayList<>(super.listDatabases());
        names.remove(SYSTEM_DATABASE);
        names.add(SYSTEM_DATABASE);
        return names;
    }

    @Override
    public boolean databaseExists(String name) {
        return isSystem(name) || super.databaseExists(name);
    }

    @Override
    public CatalogDatabase getDatabase(String name) throws DatabaseNotExistException {
        if (isSystem(name)) {
            return new CatalogDatabaseImpl(Map.of(), "The warehouse's own tables.");
        }
        return super.getDatabase(name);
    }

    @Override
    public void createDatabase(String name, CatalogDatabase database, boolean ignoreIfExists)
            throws DatabaseAlreadyExistException {
        if (isSystem(name)) {
            if (!ignoreIfExists) {
                throw new DatabaseAlreadyExistException(getName(), name);
            }
            return;
        }
        if (super.databaseExists(name)) {
            if (!ignoreIfExists) {
                throw new DatabaseAlreadyExistException(getName(), name);
            }
            return;
        }
        paimon.createDatabase(name, database, ignoreIfExists);
    }

    @Override
    public void dropDatabase(String name, boolean ignoreIfNotExists, boolean cascade)
            throws DatabaseNotExistException, DatabaseNotEmptyException {
        refuseSystem(name);
        StatementScope.changesNames();
        if (super.databaseExists(name) && !cascade && !super.listTables(name).isEmpty()) {
            throw new DatabaseNotEmptyException(getName(), name);
        }
        paimon.dropDatabase(name, ignoreIfNotExists, cascade);
    }

    @Override
    public void alterDatabase(String name, CatalogDatabase database, boolean ignoreIfNotExists)
            throws DatabaseNotExistException {
        refuseSystem(name);
        super.alterDatabase(name, database, ignoreIfNotExists);
    }

    // tables

    @Override
    public List<String> listTables(String database) throws DatabaseNotExistException {
        return isSystem(database) ? systemTables.names() : super.listTables(database);
    }

    @Override
    public List<String> listViews(String database) throws DatabaseNotExistException {
        return isSystem(database) ? List.of() : super.listViews(database);
    }

    @Override
    public boolean tableExists(ObjectPath path) {
        return switch (kind(path)) {
            case SYSTEM ->
                systemTables.find(path.getObjectName()).isPresent()
                        || ViewExpansion.find(path.getObjectName()).isPresent();
            case PAIMON -> paimon.tableExists(path);
            case HIVE -> true;
            case MISSING -> false;
        };
    }

    @Override
    public CatalogBaseTable getTable(ObjectPath path) throws TableNotExistException {
        return switch (kind(path)) {
            case SYSTEM ->
                systemTables
                        .find(path.getObjectName())
                        .<CatalogBaseTable>map(SystemTable::catalogTable)
                        .or(() -> ViewExpansion.find(path.getObjectName()))
                        .orElseThrow(() -> new TableNotExistException(getName(), path));
            case PAIMON -> {
                if (isSystem(path.getDatabaseName()) && StatementScope.isFirstToMeet(path)) {
                    systemTables.bringUpToDate(path.getObjectName().toLowerCase(Locale.ROOT));
                }
                yield paimon.getTable(path);
            }
            case HIVE -> hiveTable(path);
            case MISSING -> throw new TableNotExistException(getName(), path);
        };
    }

    private CatalogBaseTable hiveTable(ObjectPath path) throws TableNotExistException {
        CatalogBaseTable table = super.getTable(path);
        if (table instanceof CatalogTable && isHiveTable(table.getOptions())) {
            Table stored = super.getHiveTable(path);
            HiveFormats.check(stored.getSd(), stored.getParameters());
        }
        if (!(table instanceof CatalogView view)) {
            return table;
        }
        StatementScope.expands(path, view.getExpandedQuery());
        return DialectView.of(view);
    }

    /** The text of a view; empty when there is no view of this name now. */
    public Optional<String> viewText(ObjectPath path) {
        try {
            return kind(path) == Kind.HIVE && super.getTable(path) instanceof CatalogView view
                    ? Optional.of(view.getExpandedQuery())
                    : Optional.empty();
        } catch (TableNotExistException e) {
            return Optional.empty();
        }
    }

    /** Whether the metastore has a Paimon table of this name, and its files are gone. */
    public boolean isOrphan(ObjectPath path) {
        return kind(path) == Kind.PAIMON && !paimon.tableExists(path);
    }

    @Override
    public CatalogBaseTable getTable(ObjectPath path, long timestamp) throws TableNotExistException {
        if (kind(path) == Kind.PAIMON) {
            return paimon.getTable(path, timestamp);
        }
        throw new CatalogException("Only Paimon tables can be read as of a time, and " + path + " is none.");
    }

    @Override
    public void createTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfExists)
            throws TableAlreadyExistException, DatabaseNotExistException {
        refuseSystem(path.getDatabaseName());
        ReservedOptions.refuse(table.getOptions());
        Kind existing = kind(path);
        if (existing != Kind.MISSING) {
            if (!ignoreIfExists) {
                throw new TableAlreadyExistException(getName(), path);
            }
            return;
        }
        if (!super.databaseExists(path.getDatabaseName())) {
            throw new DatabaseNotExistException(getName(), path.getDatabaseName());
        }
        if (table instanceof ResolvedCatalogView view) {
            super.createTable(path, stored(view, writingDialect()), ignoreIfExists);
        } else if (!isPaimon(table.getOptions())) {
            super.createTable(path, table, ignoreIfExists);
        } else {
            paimon.createTable(path, table, ignoreIfExists);
        }
    }

    @Override
    public void alterTable(ObjectPath path, CatalogBaseTable table, boolean ignoreIfNotExists)
            throws TableNotExistException {
        refuseSystem(path.getDatabaseName());
        ReservedOptions.refuse(table.getOptions());
        if (kind(path) == Kind.PAIMON) {
            paimon.alterTable(path, table, ignoreIfNotExists);
        } else {
            super.alterTable(path, altered(path, table), ignoreIfNotExists);
        }
    }

    @Override
    public void alterTable(
            ObjectPath path, CatalogBaseTable table, List<TableChange> changes, boolean ignoreIfNotExists)
            throws TableNotExistException {
        refuseSystem(path.getDatabaseName());
        ReservedOptions.refuse(table.getOptions());
        if (kind(path) == Kind.PAIMON) {
            paimon.alterTable(path, table, changes, ignoreIfNotExists);
        } else {
            super.alterTable(path, altered(path, table), changes, ignoreIfNotExists);
        }
    }

    /** A view whose text stays keeps its dialect; a new text is of the dialect that it was given in. */
    private CatalogBaseTable altered(ObjectPath path, CatalogBaseTable table) throws TableNotExistException {
        if (!(table instanceof ResolvedCatalogView view)) {
            return table;
        }
        boolean same = kind(path) == Kind.HIVE
                && getTable(path) instanceof DialectView before
                && before.text().equals(view.getExpandedQuery());
        return stored(view, same ? ((DialectView) getTable(path)).dialect() : writingDialect());
    }

    private static ResolvedCatalogView stored(ResolvedCatalogView view, Dialect dialect) {
        return new ResolvedCatalogView(DialectView.stored(view, dialect), view.getResolvedSchema());
    }

    private static Dialect writingDialect() {
        return PlannerSession.executingDialect()
                .orElseThrow(() -> new IllegalStateException("a view is written outside a session"));
    }

    @Override
    public void renameTable(ObjectPath path, String newName, boolean ignoreIfNotExists)
            throws TableNotExistException, TableAlreadyExistException {
        refuseSystem(path.getDatabaseName());
        StatementScope.changesNames();
        if (storedKind(path) == Kind.PAIMON) {
            paimon.renameTable(path, newName, ignoreIfNotExists);
        } else {
            super.renameTable(path, newName, ignoreIfNotExists);
        }
    }

    /** Flink's takes the mark of its own making off a view that it looks at, and a rename would store it without. */
    @Override
    public Table getHiveTable(ObjectPath path) throws TableNotExistException {
        Table table = super.getHiveTable(path);
        if (DialectView.isStoredIn(table.getParameters())) {
            table.getParameters().put(CatalogPropertiesUtil.IS_GENERIC, "true");
        }
        return table;
    }

    @Override
    public void dropTable(ObjectPath path, boolean ignoreIfNotExists) throws TableNotExistException {
        refuseSystem(path.getDatabaseName());
        if (storedKind(path) != Kind.PAIMON) {
            super.dropTable(path, ignoreIfNotExists);
            return;
        }
        StatementScope.changesNames();
        try {
            paimon.dropTable(path, false);
        } catch (TableNotExistException e) {
            // Its files are gone, which Paimon may have found out only now: what is left is a row of the metastore's.
            super.dropTable(path, ignoreIfNotExists);
            versioned.wrapped().invalidateTable(Identifier.create(path.getDatabaseName(), path.getObjectName()));
        }
    }

    @Override
    Kind kind(ObjectPath path) {
        if (isSystem(path.getDatabaseName())) {
            String table = path.getObjectName().toLowerCase(Locale.ROOT).replaceAll("\\$.*", "");
            return systemTables.isStored(table) ? Kind.PAIMON : Kind.SYSTEM;
        }
        if (StatementScope.hasMetPaimon(path)) {
            return Kind.PAIMON;
        }
        Kind kind = storedKind(path);
        if (kind == Kind.PAIMON) {
            StatementScope.metPaimon(path);
        }
        return kind;
    }

    private Kind storedKind(ObjectPath path) {
        if (path.getObjectName().indexOf('$') >= 0) {
            return paimon.tableExists(path) ? Kind.PAIMON : Kind.MISSING;
        }
        try {
            Table table = super.getHiveTable(path);
            String inputFormat = table.getSd() == null ? null : table.getSd().getInputFormat();
            return PAIMON_INPUT_FORMAT.equals(inputFormat) ? Kind.PAIMON : Kind.HIVE;
        } catch (TableNotExistException e) {
            // A name may stand for a version of another name.
            return paimon.tableExists(path) ? Kind.PAIMON : Kind.MISSING;
        }
    }

    private static boolean isPaimon(Map<String, String> options) {
        return "paimon".equals(options.getOrDefault("connector", "paimon"));
    }

    @Override
    void refuseSystem(String database) {
        if (isSystem(database)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "The database '" + SYSTEM_DATABASE + "' holds the warehouse's own tables: it can be read only.");
        }
    }
}
