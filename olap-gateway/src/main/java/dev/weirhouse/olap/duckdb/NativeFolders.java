package dev.weirhouse.olap.duckdb;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the native engine writes and what it may read.
 *
 * @param temp a folder of its own, made when it is not there; all that is in it is deleted at the start and at the end
 * @param logs where its log and its last crash report go
 * @param readable folders below which queries may read files; fixed for as long as the engine lives
 */
public record NativeFolders(Path temp, Path logs, List<Path> readable) {

    public NativeFolders {
        temp = requireNonNull(temp, "temp is null").toAbsolutePath().normalize();
        logs = requireNonNull(logs, "logs is null").toAbsolutePath().normalize();
        readable = readable.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .distinct()
                .toList();
    }
}
