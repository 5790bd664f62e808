package dev.weirhouse.server.bench;

import dev.weirhouse.catalog.state.StateStore;
import java.util.Locale;
import java.util.Random;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * A graph of jobs in a state store. Ten layers of tables; a job makes one table of {@value #COLUMNS} columns from three tables of
 * the layer below that lie beside each other. Each column derives from four, and twenty more decide about the rows: a hundred
 * edges a job. Each job ran ten times, and each run read three snapshots and added one.
 *
 * @param jobs how many there are, at least ten
 */
record LineageGraphData(int jobs) {

    static final int LAYERS = 10;

    static final int COLUMNS = 20;

    private static final int DIRECT = 4;
    private static final int INDIRECT = 20;
    private static final int RUNS = 10;
    private static final int NEIGHBOURS = 3;
    private static final String DATABASE = "graph";

    /** Jobs that are written in one transaction. */
    private static final int AT_ONCE = 500;

    int width() {
        return Math.max(1, jobs / LAYERS);
    }

    long runs() {
        return (long) layers() * RUNS;
    }

    long edges() {
        return (long) layers() * (COLUMNS * DIRECT + INDIRECT);
    }

    private int layers() {
        return width() * LAYERS;
    }

    /** The name of a table. Those of layer 0 are made by no job. */
    String table(int layer, int index) {
        return String.format(Locale.ROOT, "%s.t%d_%d", DATABASE, layer, Math.floorMod(index, width()));
    }

    /** The id of what a table derives from; of layer 1 or more. */
    String derivation(int layer, int index) {
        return String.format(Locale.ROOT, "%032x", (layer - 1) * width() + Math.floorMod(index, width()));
    }

    static String column(int index) {
        return "c" + index;
    }

    /** Fills a store that holds nothing of it. */
    void write(StateStore store, long seed) {
        Random random = new Random(seed);
        for (int first = 0; first < layers(); first += AT_ONCE) {
            int from = first;
            store.jdbi().useTransaction(handle -> {
                for (int job = from; job < Math.min(layers(), from + AT_ONCE); job++) {
                    write(handle, job, random);
                }
            });
        }
    }

    private void write(Handle handle, int job, Random random) {
        int layer = 1 + job / width();
        int index = job % width();
        String id = "job-" + job;
        String derivation = derivation(layer, index);
        String target = table(layer, index);
        long made = 1_700_000_000_000L + job;
        handle.createUpdate(
                        """
                        INSERT INTO job (id, name, lane, principal, source, tags, revision, state, created_at, updated_at,
                        lease_until, epoch, attempt) VALUES (:id, :id, 'BATCH', 'bench', 'bench', '[]', 1, 'STOPPED', :at, :at,
                        0, 1, 1)
                        """)
                .bind("id", id)
                .bind("at", made)
                .execute();
        handle.execute("INSERT INTO derivation (id, first_at) VALUES (?, ?)", derivation, made);
        for (int neighbour = 0; neighbour < Math.min(NEIGHBOURS, width()); neighbour++) {
            handle.execute(
                    "INSERT INTO derivation_table (derivation_id, target, source) VALUES (?, ?, ?)",
                    derivation,
                    target,
                    table(layer - 1, index + neighbour));
        }
        PreparedBatch edges = handle.prepareBatch(
                """
                INSERT INTO derivation_column (derivation_id, target, target_column, source, source_column, dependence)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """);
        for (int column = 0; column < COLUMNS; column++) {
            for (int i = 0; i < DIRECT; i++) {
                edges.add(
                        derivation,
                        target,
                        column(column),
                        table(layer - 1, index + i % NEIGHBOURS),
                        column((column + i * (1 + random.nextInt(COLUMNS - 1))) % COLUMNS),
                        i == 0 ? "IDENTITY" : "TRANSFORMATION");
            }
        }
        for (int i = 0; i < INDIRECT; i++) {
            edges.add(
                    derivation,
                    target,
                    "",
                    table(layer - 1, index + i % NEIGHBOURS),
                    column(i),
                    i % 2 == 0 ? "JOIN" : "FILTER");
        }
        edges.execute();
        for (int run = 0; run < RUNS; run++) {
            writeRun(handle, job + "-" + run, id, derivation, target, layer, index, made + run);
        }
    }

    private void writeRun(
            Handle handle, String run, String job, String derivation, String target, int layer, int index, long at) {
        handle.createUpdate(
                        """
                        INSERT INTO run (id, lane, kind, job_id, revision, instance_id, principal, source, tags, door, dialect,
                        statement, cut, derivation_id, state, started_at, finished_at) VALUES (:run, 'BATCH', 'WRITE', :job, 1,
                        'bench', 'bench', 'bench', '[]', 'INTERNAL', 'FLINK', :statement, '', :derivation, 'FINISHED', :at, :at)
                        """)
                .bind("run", run)
                .bind("job", job)
                .bind("statement", "INSERT INTO " + target + " SELECT …")
                .bind("derivation", derivation)
                .bind("at", at)
                .execute();
        for (int neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
            String source = table(layer - 1, index + neighbour);
            handle.execute(
                    "INSERT INTO run_read (run_id, table_name, version, snapshot, class) VALUES (?, ?, ?, ?, 'exact')",
                    run,
                    source,
                    source,
                    at);
        }
        handle.execute(
                "INSERT INTO run_write (run_id, table_name, version, snapshot, kind, committed_at, rows_added, rows_deleted,"
                        + " bytes_added, partitions, class) VALUES (?, ?, ?, ?, 'APPEND', ?, 1, 0, 1, '[]', 'exact')",
                run,
                target,
                target,
                at,
                at);
    }
}
