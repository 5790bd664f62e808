package dev.weirhouse.catalog.paimon;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Version;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.VersionStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.Snapshot;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.CatalogLoader;
import org.apache.paimon.catalog.DelegateCatalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.partition.Partition;
import org.apache.paimon.partition.PartitionStatistics;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.schema.SchemaManager;
import org.apache.paimon.schema.TableSchema;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.Instant;
import org.apache.paimon.table.Table;
import org.apache.paimon.table.TableSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Paimon's catalog with one step before it: a logical name becomes the version that it stands for now. An identifier that
 * names its branch itself ({@code t$branch_b}) is taken at its word.
 *
 * <p>Thread-safe. Each call reads the state store, so that a name pointed elsewhere by another process is followed at
 * once.
 */
public final class VersionedCatalog extends DelegateCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(VersionedCatalog.class);

    private static final String FIXED_BUCKETS = "1";

    private final VersionStore versions;

    public VersionedCatalog(Catalog wrapped, VersionStore versions) {
        super(wrapped);
        this.versions = requireNonNull(versions, "versions is null");
    }

    /** The version that a name stands for. */
    public Version version(TableName table) {
        return versions.find(table).orElseGet(() -> Version.itself(table));
    }

    /** The version that a name stands for, as Paimon writes it: {@code db.t} or {@code db.t$branch_b}. */
    public String versionName(TableName table) {
        return identifier(version(table)).getFullName();
    }

    /** The identifier of a version, as Paimon writes it: {@code db.t} or {@code db.t$branch_b}. */
    public static Identifier identifier(Version version) {
        return new Identifier(
                version.physical().database(),
                version.physical().table(),
                version.branch().orElse(null));
    }

    private Identifier resolve(Identifier identifier) {
        if (identifier.getBranchName() != null) {
            return identifier;
        }
        Optional<Version> version =
                versions.find(new TableName(identifier.getDatabaseName(), identifier.getTableName()));
        return version.map(found -> new Identifier(
                        found.physical().database(),
                        found.physical().table(),
                        found.branch().orElse(null),
                        identifier.getSystemTableName()))
                .orElse(identifier);
    }

    /** The loader of Paimon's own catalog: tasks are given identifiers that are resolved already. */
    @Override
    public CatalogLoader catalogLoader() {
        return wrapped().catalogLoader();
    }

    @Override
    public Table getTable(Identifier identifier) throws TableNotExistException {
        return load(resolve(identifier));
    }

    /**
     * The table that a version is, wherever its name points now.
     *
     * @param version as {@link #versionName} writes it
     * @return empty when it is not there any more
     */
    public Optional<FileStoreTable> ofVersion(String version) {
        try {
            return load(Identifier.fromString(version)) instanceof FileStoreTable store
                    ? Optional.of(store)
                    : Optional.empty();
        } catch (TableNotExistException e) {
            return Optional.empty();
        }
    }

    private Table load(Identifier resolved) throws TableNotExistException {
        Table table = super.getTable(resolved);
        if (isOutdated(table)) {
            // The class above does not pass this on.
            wrapped().invalidateTable(resolved);
            table = super.getTable(resolved);
        }
        return table;
    }

    /** Whether another process has changed the schema of a table that Paimon remembers here, or has made it anew. */
    private static boolean isOutdated(Table table) {
        if (!(table instanceof FileStoreTable store)) {
            return false;
        }
        try {
            TableSchema known = store.schema();
            SchemaManager schemas = store.schemaManager();
            return store.fileIO().exists(schemas.toSchemaPath(known.id() + 1))
                    || schemas.schema(known.id()).timeMillis() != known.timeMillis();
        } catch (IOException e) {
            LOG.warn("table={} may be read by an old schema", store.name(), e);
            return false;
        } catch (RuntimeException e) {
            // Its schema is not to be read: whether the table is there at all is seen when it is loaded.
            return true;
        }
    }

    /** Creates a table; one with a primary key that fixes its bucket gets a fixed number of buckets unless told otherwise. */
    @Override
    public void createTable(Identifier identifier, Schema schema, boolean ignoreIfExists)
            throws TableAlreadyExistException, DatabaseNotExistException {
        super.createTable(identifier, withFixedBuckets(schema), ignoreIfExists);
    }

    /** Drops the table behind the name, with all its branches. */
    @Override
    public void dropTable(Identifier identifier, boolean ignoreIfNotExists) throws TableNotExistException {
        Identifier resolved = resolve(identifier);
        if (!resolved.getTableName().equals(identifier.getTableName())) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "The name " + identifier.getFullName() + " stands for " + resolved.getFullName()
                            + ". Point it back at the table of its own name before you drop it.");
        }
        super.dropTable(Identifier.create(resolved.getDatabaseName(), resolved.getTableName()), ignoreIfNotExists);
        versions.forget(new TableName(identifier.getDatabaseName(), identifier.getTableName()));
    }

    @Override
    public void dropDatabase(String name, boolean ignoreIfNotExists, boolean cascade)
            throws DatabaseNotExistException, DatabaseNotEmptyException {
        super.dropDatabase(name, ignoreIfNotExists, cascade);
        versions.forgetDatabase(name);
    }

    @Override
    public void renameTable(Identifier from, Identifier to, boolean ignoreIfNotExists)
            throws TableNotExistException, TableAlreadyExistException {
        TableName oldName = new TableName(from.getDatabaseName(), from.getTableName());
        TableName newName = new TableName(to.getDatabaseName(), to.getTableName());
        if (versions.find(newName).isPresent()) {
            throw new TableAlreadyExistException(to);
        }
        Optional<Version> version = versions.find(oldName);
        if (version.isPresent() && !version.get().physical().equals(oldName)) {
            // The name moves; the table behind it has a name of its own and stays.
            versions.point(Map.of(newName, version.get()));
        } else {
            super.renameTable(from, to, ignoreIfNotExists);
            version.ifPresent(old -> versions.point(Map.of(newName, new Version(newName, old.branch()))));
        }
        versions.forget(oldName);
    }

    @Override
    public void alterTable(Identifier identifier, List<SchemaChange> changes, boolean ignoreIfNotExists)
            throws TableNotExistException, ColumnAlreadyExistException, ColumnNotExistException {
        super.alterTable(resolve(identifier), changes, ignoreIfNotExists);
    }

    @Override
    public Optional<TableSnapshot> loadSnapshot(Identifier identifier) throws TableNotExistException {
        return super.loadSnapshot(resolve(identifier));
    }

    @Override
    public Optional<Snapshot> loadSnapshot(Identifier identifier, String version) throws TableNotExistException {
        return super.loadSnapshot(resolve(identifier), version);
    }

    @Override
    public void rollbackTo(Identifier identifier, Instant instant) throws Catalog.TableNotExistException {
        super.rollbackTo(resolve(identifier), instant);
    }

    @Override
    public boolean commitSnapshot(
            Identifier identifier, String tableUuid, Snapshot snapshot, List<PartitionStatistics> statistics)
            throws TableNotExistException {
        return super.commitSnapshot(resolve(identifier), tableUuid, snapshot, statistics);
    }

    @Override
    public List<Partition> listPartitions(Identifier identifier) throws TableNotExistException {
        return super.listPartitions(resolve(identifier));
    }

    @Override
    public void createPartitions(Identifier identifier, List<Map<String, String>> partitions)
            throws TableNotExistException {
        super.createPartitions(resolve(identifier), partitions);
    }

    @Override
    public void dropPartitions(Identifier identifier, List<Map<String, String>> partitions)
            throws TableNotExistException {
        super.dropPartitions(resolve(identifier), partitions);
    }

    @Override
    public void alterPartitions(Identifier identifier, List<PartitionStatistics> partitions)
            throws TableNotExistException {
        super.alterPartitions(resolve(identifier), partitions);
    }

    @Override
    public void markDonePartitions(Identifier identifier, List<Map<String, String>> partitions)
            throws TableNotExistException {
        super.markDonePartitions(resolve(identifier), partitions);
    }

    private static Schema withFixedBuckets(Schema schema) {
        boolean fixesBucket = !schema.primaryKeys().isEmpty()
                && schema.primaryKeys().containsAll(schema.partitionKeys())
                && schema.primaryKeys().size() > schema.partitionKeys().size();
        if (!fixesBucket || schema.options().containsKey(CoreOptions.BUCKET.key())) {
            return schema;
        }
        Map<String, String> options = new HashMap<>(schema.options());
        options.put(CoreOptions.BUCKET.key(), FIXED_BUCKETS);
        return new Schema(schema.fields(), schema.partitionKeys(), schema.primaryKeys(), options, schema.comment());
    }
}
