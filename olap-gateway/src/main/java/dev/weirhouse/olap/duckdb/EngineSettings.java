package dev.weirhouse.olap.duckdb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the engine's process is told at its start.
 *
 * @param folder its own folder, which it deletes when it ends
 * @param socket where it listens
 * @param memory bytes for DuckDB
 * @param threads for DuckDB
 * @param tempBytes the most that DuckDB may write to disk
 * @param spoolBytes the most that answers may take on disk
 * @param spooledBytes what the answers of the engine before it still take of that
 * @param readable folders below which it may read
 */
record EngineSettings(
        Path folder,
        Path socket,
        long memory,
        int threads,
        long tempBytes,
        long spoolBytes,
        long spooledBytes,
        List<Path> readable) {

    private static final int FIXED = 7;

    EngineSettings {
        readable = List.copyOf(readable);
    }

    /** Where DuckDB puts what does not fit into memory. */
    Path spill() {
        return folder.resolve("spill");
    }

    /** Where large answers are put. */
    Path spool() {
        return folder.resolve("spool");
    }

    /** Where the process unpacks what it must. */
    Path unpacked() {
        return folder.resolve("lib");
    }

    List<String> toArguments() {
        List<String> arguments = new ArrayList<>(List.of(
                folder.toString(),
                socket.toString(),
                Long.toString(memory),
                Integer.toString(threads),
                Long.toString(tempBytes),
                Long.toString(spoolBytes),
                Long.toString(spooledBytes)));
        readable.forEach(path -> arguments.add(path.toString()));
        return arguments;
    }

    static EngineSettings ofArguments(String[] arguments) {
        return new EngineSettings(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                Long.parseLong(arguments[2]),
                Integer.parseInt(arguments[3]),
                Long.parseLong(arguments[4]),
                Long.parseLong(arguments[5]),
                Long.parseLong(arguments[6]),
                Arrays.stream(arguments, FIXED, arguments.length).map(Path::of).toList());
    }
}
