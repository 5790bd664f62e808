package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.paimon.PaimonTables;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.factories.DynamicTableFactory.Context;
import org.apache.paimon.Snapshot;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.table.FileStoreTable;

/** Tables as a cut has them: the version that a name stood for, at its snapshot, with its present columns. */
public final class CutTables {

    /** What the clock of whoever commits may be ahead of the warehouse's. */
    private static final Duration CLOCKS = Duration.ofSeconds(10);

    private static final String MAIN = "$branch_main";

    private final Catalog paimon;

    /** @param paimon Paimon's side of the catalog, which follows names to versions unless they say their branch */
    public CutTables(Catalog paimon) {
        this.paimon = paimon;
    }

    /**
     * What Flink asks for a table with, fixed to the table's place in a cut.
     *
     * @throws dev.weirhouse.catalog.WarehouseException CUT_NOT_READABLE
     */
    Context at(Cut cut, TableName name, Context asked) {
        Cut.Place place = cut.place(name);
        CatalogTable now = asked.getCatalogTable().getOrigin();
        FileStoreTable table = PaimonTables.of(now).orElseThrow();
        Map<String, String> options = new HashMap<>(asked.getCatalogTable().getOptions());
        CatalogTable then = now;
        String version = place.version().orElseGet(() -> PaimonTables.version(name, table));
        if (!version.equals(PaimonTables.version(name, table))) {
            then = version(cut, name, version);
            Map<String, String> hints = new HashMap<>(options);
            hints.entrySet().removeAll(now.getOptions().entrySet());
            options = new HashMap<>(then.getOptions());
            options.putAll(hints);
        }
        FileStoreTable found = PaimonTables.of(then).orElseThrow();
        if (!columns(found).equals(columns(table))) {
            throw cut.notReadable(name + " stood for " + version
                    + ", whose columns are not those that it has now. Read " + version + " by its own name.");
        }
        long snapshot = place.snapshot().orElseThrow();
        check(cut, place, version, found);
        return TableFactory.with(
                asked,
                new ResolvedCatalogTable(then, asked.getCatalogTable().getResolvedSchema())
                        .copy(PaimonTables.at(options, snapshot)));
    }

    private CatalogTable version(Cut cut, TableName name, String version) {
        Identifier identifier = Identifier.fromString(version);
        String table = identifier.getObjectName() + (identifier.getBranchName() == null ? MAIN : "");
        try {
            if (paimon.getTable(new ObjectPath(identifier.getDatabaseName(), table)) instanceof CatalogTable found
                    && PaimonTables.of(found).isPresent()) {
                return found;
            }
        } catch (TableNotExistException e) {
            // Told below.
        }
        throw cut.notReadable(name + " stood for " + version + ", which is not there any more.");
    }

    /**
     * Checks that the snapshot of a place is there, and is the one that the cut means: Paimon gives a number again after a
     * rollback. Where nothing had been committed, there is nothing to check.
     *
     * @param version what the place's table is read as
     * @throws dev.weirhouse.catalog.WarehouseException CUT_NOT_READABLE
     */
    public static void check(Cut cut, Cut.Place place, String version, FileStoreTable table) {
        long id = place.snapshot().orElseThrow();
        if (id == 0) {
            return;
        }
        Optional<Snapshot> snapshot = PaimonTables.snapshot(table, id);
        if (snapshot.isEmpty()) {
            throw cut.notReadable("the snapshot " + id + " of " + version + " is not there"
                    + PaimonTables.range(table)
                            .map(range -> "; those from " + range + " are")
                            .orElse("") + ".");
        }
        Instant committed = Instant.ofEpochMilli(snapshot.get().timeMillis());
        if (cut.until().filter(until -> committed.isAfter(until.plus(CLOCKS))).isPresent()
                || place.committed().filter(then -> !then.equals(committed)).isPresent()) {
            throw cut.notReadable("the snapshot " + id + " of " + version + " was committed at " + committed
                    + ", after what is meant: the one of that number then was rolled back.");
        }
    }

    private static List<String> columns(FileStoreTable table) {
        return table.rowType().getFields().stream()
                .map(field -> field.name() + " " + field.type().asSQLString())
                .toList();
    }
}
