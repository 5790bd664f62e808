package dev.weirhouse.olap.paimon;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The local folders whose files the engine may read where they lie, by the address that Paimon knows them under. */
final class LocalFolders {

    /** DuckDB takes a name with one of these for a pattern. */
    private static final String PATTERNS = "*?[{";

    private final Map<URI, Path> folders = new LinkedHashMap<>();

    LocalFolders(Map<String, Path> folders) {
        folders.forEach((address, folder) ->
                this.folders.put(uri(address), folder.toAbsolutePath().normalize()));
    }

    private static URI uri(String path) {
        return new org.apache.paimon.fs.Path(path).toUri().normalize();
    }

    /** The local file behind Paimon's path; empty when the engine cannot read it. */
    Optional<Path> find(String path) {
        URI uri = uri(path);
        for (Map.Entry<URI, Path> entry : folders.entrySet()) {
            URI root = entry.getKey();
            String start = root.getPath().endsWith("/") ? root.getPath() : root.getPath() + "/";
            if (scheme(root).equals(scheme(uri))
                    && Objects.equals(root.getAuthority(), uri.getAuthority())
                    && uri.getPath().startsWith(start)) {
                Path local = entry.getValue().resolve(uri.getPath().substring(start.length()));
                return isPlain(local) ? Optional.of(local) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String scheme(URI uri) {
        return uri.getScheme() == null ? "file" : uri.getScheme();
    }

    private static boolean isPlain(Path path) {
        return path.toString().chars().noneMatch(character -> PATTERNS.indexOf(character) >= 0);
    }
}
