package dev.weirhouse.olap.duckdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Folders with all that is in them. */
final class FileTrees {

    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rwx------");

    private FileTrees() {}

    /** Makes a folder that nobody else can look into. */
    static void createPrivate(Path folder) throws IOException {
        Files.createDirectories(folder.getParent());
        if (Files.isDirectory(folder)) {
            Files.setPosixFilePermissions(folder, OWNER_ALONE);
        } else {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
        }
    }

    /** Deletes what can be deleted; files may come and go meanwhile. Links are deleted, not followed. */
    static void deleteQuietly(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> found;
        try (Stream<Path> walk = Files.walk(tree)) {
            found = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            // Something went away during the walk; whoever else deletes here takes the rest.
            return;
        }
        for (Path path : found) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // The same.
                continue;
            }
        }
    }
}
