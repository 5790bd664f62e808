package dev.weirhouse.consistency.diff;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.RecordedRun;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.paimon.TableParts;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.consistency.CheckError;
import dev.weirhouse.consistency.Relation;
import java.util.List;

/**
 * A table at a moment, found through the gate as a query for all of its rows would find it, and kept from expiring. That it is
 * read is recorded, as of a query.
 */
public final class OpenRelation implements AutoCloseable {

    private final TableParts parts;
    private final ReadLeases leases;
    private final RecordedRun run;
    private final String cut;

    private OpenRelation(TableParts parts, ReadLeases leases, RecordedRun run, String cut) {
        this.parts = parts;
        this.leases = leases;
        this.run = run;
        this.cut = cut;
    }

    /**
     * Finds it.
     *
     * @throws WarehouseException a USER error of the name or moment, NOT_COMPARABLE when it is no Paimon table at one snapshot
     */
    public static OpenRelation open(Warehouse warehouse, Session session, Relation relation) {
        String sql = relation.query();
        QueryPlan plan = session.plan(sql, List.of());
        List<TableRead> reads = plan.tables().all();
        if (reads.size() != 1 || !plan.views().isEmpty()) {
            throw new WarehouseException(
                    CheckError.NOT_COMPARABLE,
                    relation
                            + " is no Paimon table: views, tables of Hive and system tables have no parts that could be"
                            + " compared.");
        }
        RecordedRun run = session.record(
                sql,
                Lane.OLAP,
                AnsweredBy.CHECKER,
                plan.cut(),
                plan.derivation(),
                warehouse.clock().instant());
        ReadLeases leases = ReadLeases.of(warehouse.leases(), reads);
        try {
            return new OpenRelation(TableParts.of(reads.get(0)), leases, run, plan.cut());
        } catch (RuntimeException e) {
            leases.close();
            WarehouseException told = e instanceof WarehouseException known
                    ? known
                    : new WarehouseException(
                            CatalogError.EXECUTION_FAILED, "The files of " + relation + " are not known: " + e, e);
            run.failed(told);
            throw told;
        }
    }

    /** Its files. */
    public TableParts parts() {
        return parts;
    }

    /** The cut that it is, as queries write it. */
    public String cut() {
        return cut;
    }

    /** The version and snapshot, as {@code dw.t@7}; without a number where there is no snapshot. */
    public String place() {
        return parts.version()
                + (parts.snapshot().isPresent() ? "@" + parts.snapshot().getAsLong() : "");
    }

    @Override
    public void close() {
        try {
            leases.close();
        } finally {
            run.finished(0);
        }
    }
}
