package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.launch.HomeLibraries;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where SQL may reach files by their path: below the places that the configuration names, and never where the warehouse
 * keeps its own: tables, metastore, state, checkpoints, logs, the files of secrets. A table's files are reached by the
 * table's name alone; whoever wrote past the catalog into a table's folder would destroy what was committed to it.
 *
 * <p>A path is refused as well when something kept lies below it: connectors read folders to any depth, and an overwrite
 * empties them.
 */
final class PathBounds {

    /** Characters by which a URI and a file name part ways: Flink, Hadoop and the JDK do not agree on what they mean. */
    private static final Pattern AMBIGUOUS = Pattern.compile("[?#%\\\\]|(^|/)\\.\\.(/|$)");

    /** What is the warehouse's own in its home, by the names there: what it writes, and the code that it runs. */
    private static final Set<String> KEPT_IN_HOME = Set.of(
            "warehouse",
            "metastore",
            "checkpoints",
            "savepoints",
            "logs",
            "tmp",
            "cache",
            "queries",
            HomeLibraries.FOLDER);

    private static final String FILE_SECRET = "file:";

    private final List<Path> folders = new ArrayList<>();
    private final List<URI> uris = new ArrayList<>();
    private final Path home;
    private final List<Path> kept = new ArrayList<>();
    private final URI warehouse;

    PathBounds(CatalogConfig config) {
        this.home = real(config.home());
        this.warehouse = uri(config.warehouse());
        List<String> roots =
                config.allowedPaths().isEmpty() ? List.of(config.inbox().toString()) : config.allowedPaths();
        for (String root : roots) {
            URI uri = uri(root);
            if (isLocal(uri)) {
                folders.add(real(local(uri, root)));
            } else {
                uris.add(uri);
            }
        }
        if (isLocal(warehouse)) {
            kept.add(real(local(warehouse, config.warehouse())));
        }
        KEPT_IN_HOME.forEach(name -> kept.add(home.resolve(name)));
        Path state = real(config.stateFile());
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            kept.add(state.resolveSibling(state.getFileName() + suffix));
        }
        for (String secret : config.secrets().values()) {
            if (secret.startsWith(FILE_SECRET)) {
                kept.add(real(Path.of(secret.substring(FILE_SECRET.length()))));
            }
        }
    }

    /**
     * Checks a path or URI that SQL names, links followed.
     *
     * @throws WarehouseException PATH_NOT_ALLOWED
     */
    void check(String path) {
        if (AMBIGUOUS.matcher(path).find()) {
            throw new WarehouseException(
                    CatalogError.PATH_NOT_ALLOWED,
                    "The path '" + path + "' holds '?', '#', '%' or '..', which SQL may not use in paths.");
        }
        URI uri = uri(path);
        if (isKept(uri, path)) {
            throw new WarehouseException(
                    CatalogError.PATH_NOT_ALLOWED,
                    "The path '" + path
                            + "' holds what the warehouse keeps for itself. A table's files are reached by the"
                            + " table's name alone; CREATE TABLE … LIKE hands a table's place on unless it says EXCLUDING"
                            + " OPTIONS.");
        }
        if (!isOpen(uri, path)) {
            throw new WarehouseException(
                    CatalogError.PATH_NOT_ALLOWED,
                    "The path '" + path + "' is outside what SQL may reach. Put the files below one of the folders of"
                            + " the setting sql.paths, or add their folder to it.");
        }
    }

    private boolean isKept(URI uri, String path) {
        if (!isLocal(uri)) {
            return !isLocal(warehouse) && (isBelow(uri, warehouse) || isBelow(warehouse, uri));
        }
        Path real = real(local(uri, path));
        return home.startsWith(real)
                || kept.stream().anyMatch(place -> real.startsWith(place) || place.startsWith(real));
    }

    private boolean isOpen(URI uri, String path) {
        if (!isLocal(uri)) {
            return uris.stream()
                    .anyMatch(root -> root.getScheme().equalsIgnoreCase(uri.getScheme()) && isBelow(uri, root));
        }
        Path real = real(local(uri, path));
        // The home as a whole is nobody's to read, whatever sql.paths says; a folder in it may be.
        return folders.stream()
                .anyMatch(root -> real.startsWith(root) && (!real.startsWith(home) || isStrictlyBelow(root, home)));
    }

    private static boolean isStrictlyBelow(Path path, Path folder) {
        return path.startsWith(folder) && !path.equals(folder);
    }

    /** Schemes are left out: s3 and s3a are two names for one place. */
    private static boolean isBelow(URI uri, URI root) {
        return place(uri).startsWith(place(root));
    }

    private static String place(URI uri) {
        String path = uri.normalize().getPath();
        return uri.getAuthority() + (path == null ? "" : path.replaceFirst("/+$", "")) + "/";
    }

    private static URI uri(String text) {
        try {
            return URI.create(text.replace(" ", "%20"));
        } catch (IllegalArgumentException e) {
            throw new WarehouseException(CatalogError.PATH_NOT_ALLOWED, "'" + text + "' is not a path or a URI.", e);
        }
    }

    private static boolean isLocal(URI uri) {
        return uri.getScheme() == null || "file".equalsIgnoreCase(uri.getScheme());
    }

    private static Path local(URI uri, String text) {
        return Path.of(uri.getPath() == null ? text : uri.getPath());
    }

    /** The path with all links followed, as far as it exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path existing = absolute;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing == null
                    ? absolute
                    : existing.toRealPath()
                            .resolve(existing.relativize(absolute))
                            .normalize();
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.PATH_NOT_ALLOWED, "The path '" + path + "' cannot be read: " + e.getMessage(), e);
        }
    }
}
