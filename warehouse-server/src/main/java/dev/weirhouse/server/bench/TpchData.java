package dev.weirhouse.server.bench;

import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.olap.tpch.Tpch.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** The tables of TPC-H in the warehouse of a bench: written as files, and read from them by Flink into Paimon's tables. */
final class TpchData {

    /** As many files a table as tasks that read them. */
    private static final int PARTS = 2;

    /** Buckets of the larger tables at scale 1; the others have one. */
    private static final Map<String, Integer> BUCKETS =
            Map.of("lineitem", 4, "orders", 4, "partsupp", 2, "part", 2, "customer", 2);

    /** How the tables are kept. */
    enum Kind {
        APPEND("append", "tpch"),
        PRIMARY_KEY("primary-key", "tpch_pk");

        private final String label;
        private final String database;

        Kind(String label, String database) {
            this.label = label;
            this.database = database;
        }

        String label() {
            return label;
        }

        String database() {
            return database;
        }
    }

    private final Kind kind;
    private final double scale;

    TpchData(Kind kind, double scale) {
        this.kind = kind;
        this.scale = scale;
    }

    /** Makes the tables, unless they are there. */
    void load(BenchHome home, BenchWarehouse warehouse, Report report) throws IOException {
        String recipe = recipe();
        if (home.holds(kind.database(), recipe)) {
            report.note("The tables of %s at scale %s are there.", kind.database(), Report.number(scale));
            return;
        }
        home.forget(kind.database());
        long begun = System.nanoTime();
        Path folder = home.inbox().resolve("tpch");
        try {
            write(folder);
            warehouse.script("load-" + kind.database(), script(folder));
        } finally {
            BenchHome.delete(folder);
        }
        home.remember(kind.database(), recipe);
        report.note(
                "The tables of %s at scale %s were made in %.0f s.",
                kind.database(), Report.number(scale), (System.nanoTime() - begun) / 1e9);
    }

    /** All that the data depends on. */
    private String recipe() {
        StringBuilder recipe = new StringBuilder("io.trino.tpch 1.2, scale " + scale + "\n");
        Tpch.TABLES.forEach(table -> recipe.append(create(table)).append('\n'));
        return recipe.toString();
    }

    private void write(Path folder) throws IOException {
        BenchHome.delete(folder);
        ExecutorService threads = Executors.newFixedThreadPool(PARTS);
        try {
            for (Table table : Tpch.TABLES) {
                Path files = Files.createDirectories(folder.resolve(table.name()));
                // The generator does not part the two smallest.
                int parts = BUCKETS.containsKey(table.name()) ? PARTS : 1;
                List<? extends Future<?>> written = IntStream.rangeClosed(1, parts)
                        .mapToObj(part -> threads.submit(() -> {
                            Tpch.write(table, scale, part, parts, files.resolve("part-" + part + ".csv"));
                            return null;
                        }))
                        .toList();
                for (Future<?> each : written) {
                    each.get();
                }
            }
        } catch (ExecutionException e) {
            throw new IOException("The rows of TPC-H cannot be written below " + folder, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Writing rows of TPC-H was interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private String create(Table table) {
        String columns = "CREATE TABLE " + table.name() + " (" + table.columns();
        return kind == Kind.APPEND
                ? columns + ")"
                : columns + ", PRIMARY KEY (" + table.primaryKey() + ") NOT ENFORCED) WITH ('bucket' = '"
                        + BUCKETS.getOrDefault(table.name(), 1) + "', 'write-buffer-size' = '128mb')";
    }

    private String script(Path folder) {
        StringBuilder script = new StringBuilder();
        script.append("SET 'parallelism.default' = '").append(PARTS).append("';\n");
        script.append("DROP DATABASE IF EXISTS ").append(kind.database()).append(" CASCADE;\n");
        script.append("CREATE DATABASE ").append(kind.database()).append(";\n");
        script.append("USE ").append(kind.database()).append(";\n");
        for (Table table : Tpch.TABLES) {
            script.append("CREATE TEMPORARY TABLE ").append(table.name()).append("_file (");
            script.append(table.columns()).append(") WITH ('connector' = 'filesystem', 'path' = '");
            script.append(folder.resolve(table.name()).toUri());
            script.append(
                    "', 'format' = 'csv', 'csv.field-delimiter' = '|', 'csv.disable-quote-character' = 'true');\n");
            script.append(create(table)).append(";\n");
            script.append("INSERT INTO ").append(table.name()).append(" SELECT * FROM ");
            script.append(table.name()).append("_file;\n");
            if (kind == Kind.PRIMARY_KEY) {
                script.append("CALL sys.compact(`table` => '")
                        .append(kind.database())
                        .append('.');
                script.append(table.name()).append("', compact_strategy => 'full');\n");
            }
        }
        return script.toString();
    }
}
