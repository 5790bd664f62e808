package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.script.SessionConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process whose jobs write and read a table is killed at moments drawn from a seed. Afterwards each commit that is there has its
 * edges: what died between a commit and its record is found on the next start, in the snapshots and in the checkpoints that are
 * kept. {@code -Dweir.seed} repeats a run's draws; the machine's own timing it cannot repeat.
 */
@Tag("alone")
final class KilledLineageTest {

    private static final int KILLS = Integer.getInteger("weir.kills", 3);
    private static final int LONGEST_RUN_MILLIS = 4_000;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final List<String> TABLES = List.of("numbers", "copied");

    /** A job writes 1, 2, 3, … and another copies what it reads of that. */
    private static final Map<String, String> JOBS = Map.of(
            "numbers",
            """
            SET 'execution.checkpointing.interval' = '300 ms';
            CREATE TEMPORARY TABLE numbers (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '50',
              'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000000');
            INSERT INTO k.numbers SELECT id FROM numbers;
            """,
            "copy",
            """
            SET 'execution.checkpointing.interval' = '200 ms';
            INSERT INTO k.copied SELECT id FROM k.numbers;
            """);

    /** How often a process looks for commits. */
    private String looks = "30s";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** What is known of the commits to a table that are there. */
    private record Found(List<Long> holes, int exact, int bounds, int unknown) {}

    @Test
    void everyCommitHasItsEdgesWheneverTheProcessIsKilled() throws Exception {
        System.out.println("kills=" + KILLS + " -Dweir.seed=" + seed);
        run(KILLS, () -> {});
        try (Warehouse warehouse = open();
                Lineage lineage = Lineage.open(warehouse)) {
            Found copied = look(warehouse, lineage, "copied", "k.numbers");
            System.out.println("copied: " + copied);
            assertThat(copied.holes()).as("-Dweir.seed=%d", seed).isEmpty();
            assertThat(copied.exact()).as("-Dweir.seed=%d", seed).isGreaterThan(copied.unknown());
            assertThat(look(warehouse, lineage, "numbers", "datagen:numbers").holes())
                    .as("-Dweir.seed=%d", seed)
                    .isEmpty();
        }
    }

    @Test
    void theSameKillsLeaveHolesWhereNothingIsLookedForAfterwards() throws Exception {
        System.out.println("-Dweir.seed=" + seed);
        looks = "1d";
        run(1, this::forgetWhatIsNotTold);
        try (Warehouse warehouse = open();
                Lineage lineage = Lineage.open(warehouse)) {
            assertThat(look(warehouse, lineage, "copied", "k.numbers").holes())
                    .as("-Dweir.seed=%d", seed)
                    .isNotEmpty();
        }
    }

    /** What is done between a kill and the next start. */
    private interface Meanwhile {
        void run() throws Exception;
    }

    private void run(int kills, Meanwhile meanwhile) throws Exception {
        try (Warehouse warehouse = open()) {
            run(warehouse, "CREATE DATABASE k");
            run(warehouse, "CREATE TABLE k.numbers (id BIGINT) WITH ('bucket' = '1', 'bucket-key' = 'id')");
            run(warehouse, "CREATE TABLE k.copied (id BIGINT)");
        }
        try (JavaProcess process = start()) {
            for (Map.Entry<String, String> job : JOBS.entrySet()) {
                Path text = Files.writeString(folder.resolve(job.getKey() + ".sql"), job.getValue());
                process.say("apply " + job.getKey() + " " + text);
                assertThat(process.await("done ")).isEqualTo("RUNNING");
            }
            live(newestSnapshots());
        }
        for (int kill = 1; kill < kills; kill++) {
            meanwhile.run();
            Map<String, Long> before = newestSnapshots();
            try (JavaProcess process = start()) {
                live(before);
            }
        }
        meanwhile.run();
        Map<String, Long> before = newestSnapshots();
        try (JavaProcess process = start()) {
            live(before);
            for (String job : List.of("copy", "numbers")) {
                process.say("stop " + job);
                assertThat(process.await("done ")).isEqualTo("STOPPED");
            }
        }
    }

    /** Until the process is killed: some time after both jobs have committed. */
    private void live(Map<String, Long> before) {
        for (String table : TABLES) {
            Eventually.within(PATIENCE)
                    .answers("snapshots of " + table, () -> newestSnapshot(table), now -> now > before.get(table));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_RUN_MILLIS)));
    }

    private Map<String, Long> newestSnapshots() throws Exception {
        Map<String, Long> newest = new HashMap<>();
        for (String table : TABLES) {
            newest.put(table, newestSnapshot(table));
        }
        return newest;
    }

    /** As if commits were told by those who make them: what was not told by then never is. */
    private void forgetWhatIsNotTold() throws Exception {
        try (StateStore store = StateStore.open(folder.resolve("home").resolve("state.db"), Clock.systemUTC())) {
            for (String table : TABLES) {
                long newest = newestSnapshot(table);
                store.jdbi()
                        .useHandle(handle -> handle.execute(
                                "UPDATE run_pending SET snapshot = ?, committed_at = NULL WHERE version = ?",
                                newest,
                                "k." + table));
            }
        }
    }

    private long newestSnapshot(String table) throws Exception {
        Path snapshots =
                folder.resolve("warehouse").resolve("k.db").resolve(table).resolve("snapshot");
        if (!Files.isDirectory(snapshots)) {
            return 0;
        }
        try (var files = Files.list(snapshots)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("snapshot-\\d+"))
                    .mapToLong(name -> Long.parseLong(name.substring("snapshot-".length())))
                    .max()
                    .orElse(0);
        }
    }

    /** Checks the edges of each commit of rows against the counts of rows that Paimon keeps with its snapshots. */
    private Found look(Warehouse warehouse, Lineage lineage, String table, String input) throws Exception {
        Map<Long, Long> rows = counts(warehouse, table, " WHERE commit_kind = 'APPEND'");
        Map<Long, Long> read = counts(warehouse, "numbers", "");
        long most = read.values().stream().mapToLong(Long::longValue).max().orElse(0);
        read.put(0L, 0L);
        List<Long> holes = new ArrayList<>();
        int exact = 0;
        int bounds = 0;
        int unknown = 0;
        for (Map.Entry<Long, Long> commit : rows.entrySet()) {
            List<SnapshotEdge> behind = lineage.snapshots()
                    .up(new TableName("k", table), commit.getKey(), 1)
                    .edges();
            List<SnapshotEdge> inputs =
                    behind.stream().filter(edge -> !edge.written()).toList();
            if (behind.get(0).runId().isEmpty() || inputs.isEmpty()) {
                holes.add(commit.getKey());
                continue;
            }
            assertThat(inputs).hasSize(1);
            SnapshotEdge edge = inputs.get(0);
            assertThat(edge.table()).isEqualTo(input);
            switch (edge.exactness()) {
                case "exact" -> {
                    exact++;
                    assertThat(commit.getValue())
                            .as("rows of %s at %s; -Dweir.seed=%d", table, edge, seed)
                            .isEqualTo(read.get(edge.snapshot().orElseThrow()));
                }
                case "lower bound" -> {
                    bounds++;
                    assertThat(commit.getValue())
                            .as("rows of %s at %s; -Dweir.seed=%d", table, edge, seed)
                            .isBetween(read.get(edge.snapshot().orElseThrow()), most);
                }
                default -> {
                    unknown++;
                    assertThat(edge.reason()).isPresent();
                }
            }
        }
        return new Found(holes, exact, bounds, unknown);
    }

    /** By snapshot, how many rows the table has there. */
    private Map<Long, Long> counts(Warehouse warehouse, String table, String which) throws Exception {
        return run(warehouse, "SELECT snapshot_id, total_record_count FROM k.`" + table + "$snapshots`" + which)
                .stream()
                .collect(Collectors.toMap(
                        row -> Long.parseLong(row.get(0)),
                        row -> Long.parseLong(row.get(1)),
                        (a, b) -> a,
                        HashMap::new));
    }

    private List<List<String>> run(Warehouse warehouse, String sql) throws Exception {
        try (SessionConnection connection = new SessionConnection(
                warehouse.gate().open(Caller.internal("killed lineage"), Gate.Mode.BATCH), Lane.OLAP)) {
            return connection.run(sql).rows();
        }
    }

    private Warehouse open() {
        return Warehouse.open(ConfigReader.read(CatalogConfig.class, settings()), Clock.systemUTC());
    }

    private JavaProcess start() throws Exception {
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("stream.watch-interval", "200ms");
        settings.put("runs.look-interval", looks);
        // The jobs of a process that was killed are taken up when its lease ends.
        settings.put("stream.lease", "3s");
        JavaProcess process = new JavaProcess(
                folder.resolve("lane.log"),
                StreamLaneMain.class,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
        process.await("ready ");
        return process;
    }

    private Map<String, String> settings() {
        return Map.of(
                "home",
                folder.resolve("home").toString(),
                "warehouse.path",
                folder.resolve("warehouse").toUri().toString(),
                "metastore.port",
                "0",
                "cluster.ui.port",
                "0");
    }
}
