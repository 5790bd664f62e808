package dev.weirhouse.olap.duckdb;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/** DuckDB in the engine's process: one instance in memory, locked before the first query. */
final class EngineDatabase {

    private final DuckDBConnection first;

    private EngineDatabase(DuckDBConnection first) {
        this.first = first;
    }

    static EngineDatabase open(EngineSettings settings) throws SQLException {
        Properties properties = new Properties();
        // Rows come while they are computed. Otherwise DuckDB holds the whole of an answer in memory that its limit
        // does
        // not count.
        properties.setProperty("jdbc_stream_results", "true");
        DuckDBConnection first =
                DriverManager.getConnection("jdbc:duckdb:", properties).unwrap(DuckDBConnection.class);
        try (Statement statement = first.createStatement()) {
            for (String line : configuration(settings)) {
                statement.execute(line);
            }
        }
        return new EngineDatabase(first);
    }

    private static List<String> configuration(EngineSettings settings) {
        List<String> lines = new ArrayList<>();
        lines.add("SET threads = " + settings.threads());
        lines.add("SET memory_limit = '" + settings.memory() + "B'");
        lines.add("SET temp_directory = " + text(settings.spill()));
        lines.add("SET max_temp_directory_size = '" + settings.tempBytes() + "B'");
        lines.add("SET TimeZone = 'UTC'");
        // As Flink sorts where nothing is said; the translator says it each time.
        lines.add("SET default_null_order = 'nulls_first_on_asc_last_on_desc'");
        // SQL gives rows without ORDER BY no order, nor does Flink. Keeping the files' order costs memory.
        lines.add("SET preserve_insertion_order = false");
        // Paimon never writes a file anew under the same name, so what was read of one stays true.
        lines.add("SET parquet_metadata_cache = true");
        lines.add("SET prefetch_all_parquet_files = true");
        lines.add("SET validate_external_file_cache = 'NO_VALIDATION'");
        lines.add("SET autoinstall_known_extensions = false");
        lines.add("SET autoload_known_extensions = false");
        // The order of these three counts: each forbids what the ones before it do.
        lines.add("SET allowed_directories = "
                + settings.readable().stream().map(EngineDatabase::text).collect(Collectors.joining(", ", "[", "]")));
        lines.add("SET enable_external_access = false");
        lines.add("SET lock_configuration = true");
        return lines;
    }

    private static String text(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    /** A connection for one thread. */
    DuckDBConnection connect() throws SQLException {
        return first.duplicate().unwrap(DuckDBConnection.class);
    }
}
