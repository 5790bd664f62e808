package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.testkit.fault.SeededFaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.predicate.PredicateBuilder;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.FileStoreTableFactory;
import org.apache.paimon.types.DataTypes;
import org.apache.paimon.types.RowKind;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The list of a snapshot's files is Paimon's whole plan of it, whatever was remembered before. */
final class SnapshotPlansTest {

    private static final int COMMITS = 12;
    private static final int BUCKETS = 3;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> whatIsRememberedChangesNoPlan() {
        return SeededFaults.tests(3, faults -> {
            RandomGenerator chance = faults.fork("commits");
            Path own = Files.createTempDirectory(folder, "seed");
            Path warehouse = own.resolve("warehouse");
            LocalFolders folders = new LocalFolders(Map.of(warehouse.toUri().toString(), warehouse));
            // Few manifests are kept apart, so that some commits write them anew.
            Map<String, String> options = Map.of(
                    "bucket", "" + BUCKETS,
                    "manifest.merge-min-count", "4",
                    "num-sorted-run.compaction-trigger", "4");
            Map<String, String> vectors = Map.of("deletion-vectors.enabled", "true");
            Map<String, String> parted = Map.of("write-only", "true");
            try (LocalTables tables = new LocalTables(warehouse);
                    IOManager spill = IOManager.create(own.toString())) {
                List<FileStoreTable> all = List.of(
                        table(tables, "keyed", options, Map.of(), false),
                        table(tables, "vectors", options, vectors, false),
                        table(tables, "parted", options, parted, true));
                SnapshotPlans plans = new SnapshotPlans(folders);
                for (int commit = 0; commit < COMMITS; commit++) {
                    for (FileStoreTable table : all) {
                        change(table, spill, chance);
                        compare(plans, folders, table, chance);
                    }
                }
            }
        });
    }

    private static FileStoreTable table(
            LocalTables tables, String name, Map<String, String> options, Map<String, String> more, boolean parted)
            throws Exception {
        Schema.Builder schema = Schema.newBuilder()
                .column("id", DataTypes.BIGINT())
                .column("p", DataTypes.STRING())
                .column("v", DataTypes.INT())
                .primaryKey("id", "p")
                .options(options)
                .options(more);
        if (parted) {
            schema.partitionKeys("p");
        }
        // As a table is whose catalog keeps no manifests.
        FileStoreTable table = tables.create(name, schema.build());
        return FileStoreTableFactory.create(table.fileIO(), table.location());
    }

    private static void change(FileStoreTable table, IOManager spill, RandomGenerator chance) throws Exception {
        Long newest = table.snapshotManager().latestSnapshotIdFromFileSystem();
        switch (chance.nextInt(8)) {
            case 0 -> {
                List<BinaryRow> partitions = table.newReadBuilder().newScan().listPartitions();
                KeyTable.compact(table.copy(Map.of("write-only", "false")), spill, partitions, BUCKETS);
            }
            case 1 -> {
                if (newest != null && newest > 2) {
                    table.rollbackTo(newest - 1 - chance.nextInt(2));
                    table.snapshotManager().invalidateCache();
                }
            }
            default -> {
                List<GenericRow> rows = new ArrayList<>();
                for (int i = chance.nextInt(1, 20); i > 0; i--) {
                    GenericRow row = GenericRow.of(
                            (long) chance.nextInt(100),
                            BinaryString.fromString("p" + chance.nextInt(3)),
                            chance.nextInt(1000));
                    row.setRowKind(chance.nextInt(4) == 0 ? RowKind.DELETE : RowKind.INSERT);
                    rows.add(row);
                }
                KeyTable.write(table, spill, rows);
            }
        }
    }

    private static void compare(
            SnapshotPlans plans, LocalFolders folders, FileStoreTable table, RandomGenerator chance) {
        Long newest = table.snapshotManager().latestSnapshotIdFromFileSystem();
        if (newest == null) {
            return;
        }
        PredicateBuilder conditions = new PredicateBuilder(table.rowType());
        List<Predicate> filters = new ArrayList<>();
        filters.add(null);
        filters.add(conditions.equal(0, (long) chance.nextInt(100)));
        filters.add(conditions.equal(1, BinaryString.fromString("p" + chance.nextInt(4))));
        for (Predicate filter : filters) {
            SnapshotFiles whole = SnapshotFiles.load(fixed(table, newest), filter, folders);
            for (int time = 0; time < 2; time++) {
                FileStoreTable read = fixed(table, newest);
                SnapshotFiles known = plans.files(read, Optional.of(read.snapshot(newest)), filter);
                String place = table.name() + ", snapshot " + newest + ", " + filter;
                // A manifest that was decoded before gives its buckets in another order.
                assertThat(known.splits()).as(place).containsExactlyInAnyOrderElementsOf(whole.splits());
                assertThat(known.schemas()).as(place).isEqualTo(whole.schemas());
                assertThat(known.files()).as(place).isEqualTo(whole.files());
            }
        }
    }

    /** A copy of its own, which knows of no manifest. */
    private static FileStoreTable fixed(FileStoreTable table, long snapshot) {
        return FileStoreTableFactory.create(table.fileIO(), table.location())
                .copy(Map.of("scan.snapshot-id", "" + snapshot));
    }
}
