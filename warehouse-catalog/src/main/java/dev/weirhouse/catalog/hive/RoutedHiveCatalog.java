package dev.weirhouse.catalog.hive;

import java.util.Collections;
import java.util.List;
import org.apache.flink.table.catalog.CatalogPartition;
import org.apache.flink.table.catalog.CatalogPartitionSpec;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.PartitionAlreadyExistsException;
import org.apache.flink.table.catalog.exceptions.PartitionNotExistException;
import org.apache.flink.table.catalog.exceptions.PartitionSpecInvalidException;
import org.apache.flink.table.catalog.exceptions.ProcedureNotExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.catalog.exceptions.TableNotPartitionedException;
import org.apache.flink.table.catalog.exceptions.TablePartitionedException;
import org.apache.flink.table.catalog.hive.HiveCatalog;
import org.apache.flink.table.catalog.stats.CatalogColumnStatistics;
import org.apache.flink.table.catalog.stats.CatalogTableStatistics;
import org.apache.flink.table.expressions.Expression;
import org.apache.flink.table.procedures.Procedure;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.paimon.flink.FlinkCatalog;

/** A Hive catalog that leaves partitions, statistics and procedures of Paimon's tables to Paimon. */
abstract class RoutedHiveCatalog extends HiveCatalog {

    private static final String HIVE_VERSION = "3.1.3";

    RoutedHiveCatalog(String name, HiveConf configuration) {
        super(name, DEFAULT_DB, configuration, HIVE_VERSION);
    }

    /** What a name stands for. */
    enum Kind {
        SYSTEM,
        PAIMON,
        HIVE,
        MISSING
    }

    abstract Kind kind(ObjectPath path);

    /** Fails for a database whose tables nobody may change. */
    abstract void refuseSystem(String database);

    /** Paimon's side of the catalog. */
    abstract FlinkCatalog paimon();

    // partitions

    @Override
    public List<CatalogPartitionSpec> listPartitions(ObjectPath path)
            throws TableNotExistException, TableNotPartitionedException {
        return kind(path) == Kind.PAIMON ? paimon().listPartitions(path) : super.listPartitions(path);
    }

    @Override
    public List<CatalogPartitionSpec> listPartitions(ObjectPath path, CatalogPartitionSpec spec)
            throws TableNotExistException, TableNotPartitionedException, PartitionSpecInvalidException {
        return kind(path) == Kind.PAIMON ? paimon().listPartitions(path, spec) : super.listPartitions(path, spec);
    }

    @Override
    public List<CatalogPartitionSpec> listPartitionsByFilter(ObjectPath path, List<Expression> filters)
            throws TableNotExistException, TableNotPartitionedException {
        return kind(path) == Kind.PAIMON
                ? paimon().listPartitionsByFilter(path, filters)
                : super.listPartitionsByFilter(path, filters);
    }

    @Override
    public boolean partitionExists(ObjectPath path, CatalogPartitionSpec spec) {
        return kind(path) == Kind.PAIMON ? paimon().partitionExists(path, spec) : super.partitionExists(path, spec);
    }

    @Override
    public CatalogPartition getPartition(ObjectPath path, CatalogPartitionSpec spec) throws PartitionNotExistException {
        return kind(path) == Kind.PAIMON ? paimon().getPartition(path, spec) : super.getPartition(path, spec);
    }

    @Override
    public void createPartition(
            ObjectPath path, CatalogPartitionSpec spec, CatalogPartition partition, boolean ignoreIfExists)
            throws TableNotExistException, TableNotPartitionedException, PartitionSpecInvalidException,
                    PartitionAlreadyExistsException {
        refuseSystem(path.getDatabaseName());
        if (kind(path) == Kind.PAIMON) {
            paimon().createPartition(path, spec, partition, ignoreIfExists);
        } else {
            super.createPartition(path, spec, partition, ignoreIfExists);
        }
    }

    @Override
    public void dropPartition(ObjectPath path, CatalogPartitionSpec spec, boolean ignoreIfNotExists)
            throws PartitionNotExistException {
        refuseSystem(path.getDatabaseName());
        if (kind(path) == Kind.PAIMON) {
            paimon().dropPartition(path, spec, ignoreIfNotExists);
        } else {
            super.dropPartition(path, spec, ignoreIfNotExists);
        }
    }

    @Override
    public void alterPartition(
            ObjectPath path, CatalogPartitionSpec spec, CatalogPartition partition, boolean ignoreIfNotExists)
            throws PartitionNotExistException {
        refuseSystem(path.getDatabaseName());
        if (kind(path) == Kind.PAIMON) {
            paimon().alterPartition(path, spec, partition, ignoreIfNotExists);
        } else {
            super.alterPartition(path, spec, partition, ignoreIfNotExists);
        }
    }

    // statistics: the planner gets what Paimon's own source reports, from the snapshot that is read

    @Override
    public CatalogTableStatistics getTableStatistics(ObjectPath path) throws TableNotExistException {
        return kind(path) == Kind.HIVE ? super.getTableStatistics(path) : CatalogTableStatistics.UNKNOWN;
    }

    @Override
    public CatalogColumnStatistics getTableColumnStatistics(ObjectPath path) throws TableNotExistException {
        return kind(path) == Kind.HIVE ? super.getTableColumnStatistics(path) : CatalogColumnStatistics.UNKNOWN;
    }

    @Override
    public CatalogTableStatistics getPartitionStatistics(ObjectPath path, CatalogPartitionSpec spec)
            throws PartitionNotExistException {
        return kind(path) == Kind.HIVE ? super.getPartitionStatistics(path, spec) : CatalogTableStatistics.UNKNOWN;
    }

    @Override
    public CatalogColumnStatistics getPartitionColumnStatistics(ObjectPath path, CatalogPartitionSpec spec)
            throws PartitionNotExistException {
        return kind(path) == Kind.HIVE
                ? super.getPartitionColumnStatistics(path, spec)
                : CatalogColumnStatistics.UNKNOWN;
    }

    @Override
    public List<CatalogTableStatistics> bulkGetPartitionStatistics(ObjectPath path, List<CatalogPartitionSpec> specs)
            throws PartitionNotExistException {
        return kind(path) == Kind.HIVE
                ? super.bulkGetPartitionStatistics(path, specs)
                : Collections.nCopies(specs.size(), CatalogTableStatistics.UNKNOWN);
    }

    @Override
    public List<CatalogColumnStatistics> bulkGetPartitionColumnStatistics(
            ObjectPath path, List<CatalogPartitionSpec> specs) throws PartitionNotExistException {
        return kind(path) == Kind.HIVE
                ? super.bulkGetPartitionColumnStatistics(path, specs)
                : Collections.nCopies(specs.size(), CatalogColumnStatistics.UNKNOWN);
    }

    @Override
    public void alterTableStatistics(ObjectPath path, CatalogTableStatistics statistics, boolean ignoreIfNotExists)
            throws TableNotExistException {
        refuseSystem(path.getDatabaseName());
        if (kind(path) == Kind.PAIMON) {
            paimon().alterTableStatistics(path, statistics, ignoreIfNotExists);
        } else {
            super.alterTableStatistics(path, statistics, ignoreIfNotExists);
        }
    }

    @Override
    public void alterTableColumnStatistics(
            ObjectPath path, CatalogColumnStatistics statistics, boolean ignoreIfNotExists)
            throws TableNotExistException, TablePartitionedException {
        refuseSystem(path.getDatabaseName());
        if (kind(path) == Kind.PAIMON) {
            paimon().alterTableColumnStatistics(path, statistics, ignoreIfNotExists);
        } else {
            super.alterTableColumnStatistics(path, statistics, ignoreIfNotExists);
        }
    }

    // procedures

    @Override
    public List<String> listProcedures(String database) throws DatabaseNotExistException {
        return paimon().listProcedures(database);
    }

    @Override
    public Procedure getProcedure(ObjectPath path) throws ProcedureNotExistException {
        return paimon().getProcedure(path);
    }
}
