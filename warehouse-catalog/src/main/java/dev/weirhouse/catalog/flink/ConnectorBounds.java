package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What SQL may reach outside the catalog: connectors by name, files by folder, secrets by reference.
 *
 * <p>The bounds are applied where a table is opened, on the options that really hold then, with those of hints merged in.
 * A secret stands in SQL as <code>${secret:NAME}</code> and becomes its value only there.
 */
public final class ConnectorBounds {

    private static final Pattern SECRET = Pattern.compile("\\$\\{secret:([A-Za-z0-9_.-]+)\\}");
    private static final Pattern PATH_KEY =
            Pattern.compile("(^|.*[.\\-])(path|paths|location|location-uri|dir|directory|file|warehouse)$");
    private static final Pattern AMBIGUOUS = Pattern.compile("[?#%\\\\]|(^|/)\\.\\.(/|$)");

    /** Options whose value goes to the system that the table lies in, to prove who asks, and nowhere else. */
    private static final Pattern CREDENTIAL_KEY =
            Pattern.compile("(?i)(.*[.\\-])?(properties\\..*|password|token|secret|secret-key|access-key|username)");

    /** Kafka login modules that can be made to load foreign classes. */
    private static final Pattern UNSAFE_LOGIN = Pattern.compile("(?i)(jndi|ldap)loginmodule");

    private final Set<String> connectors;
    private final List<Path> folders = new ArrayList<>();
    private final List<String> uris = new ArrayList<>();
    private final Map<String, String> secrets;

    public ConnectorBounds(CatalogConfig config) {
        this.connectors = Set.copyOf(config.allowedConnectors());
        this.secrets = config.secrets();
        List<String> roots = new ArrayList<>(config.allowedPaths());
        if (roots.isEmpty()) {
            roots.add(config.inbox().toString());
        }
        roots.add(config.warehouse());
        for (String root : roots) {
            URI uri = uri(root);
            if (isLocal(uri)) {
                folders.add(real(local(uri, root)));
            } else {
                uris.add(root.endsWith("/") ? root : root + "/");
            }
        }
    }

    /**
     * Checks a table's options.
     *
     * @throws WarehouseException CONNECTOR_NOT_ALLOWED or PATH_NOT_ALLOWED
     */
    public void check(String connector, Map<String, String> options) {
        if (!connectors.contains(connector)) {
            throw new WarehouseException(
                    CatalogError.CONNECTOR_NOT_ALLOWED,
                    "The connector '" + connector + "' is not allowed here. Allowed are "
                            + String.join(", ", connectors.stream().sorted().toList())
                            + "; the setting sql.connectors names them.");
        }
        checkPaths(options);
        options.forEach((key, value) -> {
            if (UNSAFE_LOGIN.matcher(value).find()) {
                throw new WarehouseException(
                        CatalogError.CONNECTOR_NOT_ALLOWED, "The login module in '" + key + "' is not allowed.");
            }
        });
    }

    /**
     * Checks every option that names a file, a folder or a location, by the names of options that do.
     *
     * @throws WarehouseException PATH_NOT_ALLOWED
     */
    public void checkPaths(Map<String, String> options) {
        options.forEach((key, value) -> {
            if (value != null && PATH_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches()) {
                for (String path : value.split(",", -1)) {
                    checkPath(path.strip());
                }
            }
        });
    }

    /**
     * Checks one path or URI, links followed. Characters by which a URI and a file name part ways are refused: Flink,
     * Hadoop and the JDK do not agree on what they mean.
     *
     * @throws WarehouseException PATH_NOT_ALLOWED
     */
    public void checkPath(String path) {
        if (AMBIGUOUS.matcher(path).find()) {
            throw new WarehouseException(
                    CatalogError.PATH_NOT_ALLOWED,
                    "The path '" + path + "' holds '?', '#', '%' or '..', which SQL may not use in paths.");
        }
        URI uri = uri(path);
        boolean allowed;
        if (isLocal(uri)) {
            Path real = real(local(uri, path));
            allowed = folders.stream().anyMatch(real::startsWith);
        } else {
            String normal = uri.normalize().toString();
            allowed = uris.stream().anyMatch(root -> (normal + "/").startsWith(root));
        }
        if (!allowed) {
            throw new WarehouseException(
                    CatalogError.PATH_NOT_ALLOWED,
                    "The path '" + path + "' is outside what SQL may reach. Put the files below one of the folders of"
                            + " the setting sql.paths, or add their folder to it.");
        }
    }

    /**
     * Puts secrets in the place of references.
     *
     * @throws WarehouseException SECRET_NOT_FOUND
     */
    Map<String, String> resolve(Map<String, String> options) {
        Map<String, String> resolved = new HashMap<>();
        options.forEach((key, value) -> {
            if (SECRET.matcher(value).find() && !CREDENTIAL_KEY.matcher(key).matches()) {
                throw new WarehouseException(
                        CatalogError.SECRET_NOT_FOUND,
                        "A secret cannot stand in the option '" + key + "', which is no credential: its value could be"
                                + " read back.");
            }
            resolved.put(key, resolve(value));
        });
        return resolved;
    }

    private String resolve(String value) {
        Matcher matcher = SECRET.matcher(value);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(text, Matcher.quoteReplacement(secret(matcher.group(1))));
        }
        return matcher.appendTail(text).toString();
    }

    private String secret(String name) {
        String value = secrets.get(name);
        if (value == null) {
            throw new WarehouseException(
                    CatalogError.SECRET_NOT_FOUND,
                    "There is no secret '" + name + "'. Define secrets." + name + " in weirhouse.yaml.");
        }
        if (!value.startsWith("file:")) {
            return value;
        }
        try {
            return Files.readString(Path.of(value.substring("file:".length()))).strip();
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.SECRET_NOT_FOUND,
                    "The file of the secret '" + name + "' cannot be read: " + e.getMessage(),
                    e);
        }
    }

    /** Removes every secret's value from a text that is about to be shown. */
    String redact(String text) {
        String clean = text;
        for (String name : secrets.keySet()) {
            String value;
            try {
                value = secret(name);
            } catch (WarehouseException e) {
                continue;
            }
            if (!value.isEmpty()) {
                clean = clean.replace(value, "***");
            }
        }
        return clean;
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
