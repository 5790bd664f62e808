package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.TableSchema;
import org.apache.paimon.table.FileStoreTable;

/** Empty tables that are made as others are. */
public final class TableTwins {

    /** What is of the one table alone; and a twin has nobody else to compact it. */
    private static final Set<String> OWN = Set.of(
            CoreOptions.PATH.key(),
            CoreOptions.BRANCH.key(),
            CoreOptions.WRITE_ONLY.key(),
            CoreOptions.TAG_AUTOMATIC_CREATION.key());

    private TableTwins() {}

    /**
     * Makes an empty table with the columns, keys, partitions and options of a version.
     *
     * @param version as Paimon writes it
     * @param twin a name that is free, in a database that is there
     * @throws WarehouseException TABLE_NOT_FOUND when the version is not there
     */
    public static void make(VersionedCatalog catalog, String version, TableName twin) {
        FileStoreTable table = catalog.ofVersion(version)
                .orElseThrow(() -> new WarehouseException(
                        CatalogError.TABLE_NOT_FOUND, "The table " + version + " is not there any more."));
        TableSchema schema = table.schema();
        Map<String, String> options = new TreeMap<>(schema.options());
        options.keySet().removeAll(OWN);
        try {
            catalog.createTable(
                    Identifier.create(twin.database(), twin.table()),
                    new Schema(
                            schema.fields(), schema.partitionKeys(), schema.primaryKeys(), options, schema.comment()),
                    false);
        } catch (Catalog.TableAlreadyExistException e) {
            throw new WarehouseException(CatalogError.ALREADY_EXISTS, "There is a table " + twin + " already.", e);
        } catch (Catalog.DatabaseNotExistException e) {
            throw new WarehouseException(
                    CatalogError.DATABASE_NOT_FOUND, "There is no database " + twin.database() + ".", e);
        }
    }
}
