package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What SQL may reach outside the catalog: connectors by name, files by folder, functions by class,
 * secrets by reference.
 *
 * <p>The bounds are applied where a table is opened, on the options that really hold then, with those of hints merged in.
 * A secret stands in SQL as <code>${secret:NAME}</code> and becomes its value only there.
 */
public final class ConnectorBounds {

    private static final Pattern SECRET = Pattern.compile("\\$\\{secret:([A-Za-z0-9_.-]+)\\}");
    private static final String TABLE_PATH = "path";
    private static final Pattern PATH_KEY =
            Pattern.compile("(^|.*[.\\-])(path|paths|location|location-uri|dir|directory|file|warehouse)$");

    /** Options, by a connector's own names and not by a column's, whose value goes to the system that the table lies in, to prove who asks, and nowhere else. */
    private static final Pattern CREDENTIAL_KEY =
            Pattern.compile("(?i)properties\\..*|(.*[.\\-])?(password|token|secret|secret-key|access-key|username)");

    /** Kafka login modules that can be made to load foreign classes. */
    private static final Pattern UNSAFE_LOGIN = Pattern.compile("(?i)(jndi|ldap)loginmodule");

    /**
     * With these Kafka's clients, and Debezium in whose engine they are, put files and variables of the process into other
     * options (KIP-297, KIP-421).
     */
    private static final Pattern CONFIG_PROVIDERS =
            Pattern.compile("(?i)(properties|debezium)\\.config\\.providers(\\..*)?");

    private final Set<String> connectors;
    private final List<String> functionClasses;
    private final PathBounds paths;
    private final ParallelismBound parallelism;
    private final Map<String, String> secrets;

    public ConnectorBounds(CatalogConfig config) {
        this.connectors = Set.copyOf(config.allowedConnectors());
        this.functionClasses = config.allowedFunctions();
        this.secrets = config.secrets();
        this.paths = new PathBounds(config);
        this.parallelism = new ParallelismBound(config);
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
        Set<String> installed = InstalledConnectors.names();
        if (!installed.contains(connector)) {
            throw new WarehouseException(
                    CatalogError.CONNECTOR_NOT_ALLOWED,
                    "The connector '" + connector + "' is allowed, but not installed. There are "
                            + String.join(", ", installed.stream().sorted().toList())
                            + "; put its jar into the folder lib of the warehouse's home, and start again, to have it"
                            + " too.");
        }
        checkOptions(options);
        options.forEach((key, value) -> {
            if (CONFIG_PROVIDERS.matcher(key).matches()) {
                throw new WarehouseException(
                        CatalogError.CONNECTOR_NOT_ALLOWED,
                        "The option '" + key + "' is not allowed: it reads files of the server. A secret is named"
                                + " ${secret:NAME}.");
            }
            if (UNSAFE_LOGIN.matcher(value).find()) {
                throw new WarehouseException(
                        CatalogError.CONNECTOR_NOT_ALLOWED, "The login module in '" + key + "' is not allowed.");
            }
        });
    }

    /**
     * Checks every option that names a file, a folder or a location, by the names of options that do, and those that say
     * how many tasks work on the table.
     *
     * @throws WarehouseException PATH_NOT_ALLOWED or SETTING_INVALID
     */
    public void checkOptions(Map<String, String> options) {
        options.forEach((key, value) -> {
            if (value == null) {
                return;
            }
            parallelism.check(key, value);
            if (PATH_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches()) {
                for (String path : value.split(",", -1)) {
                    checkPath(path.strip());
                }
            }
        });
    }

    /**
     * Checks the options with which one of the catalog's own tables is opened. Its own place needs no leave; a hint that
     * names another one does.
     *
     * @param own where the table lies
     * @throws WarehouseException PATH_NOT_ALLOWED
     */
    public void checkOwn(Optional<String> own, Map<String, String> options) {
        Map<String, String> others = new HashMap<>(options);
        own.ifPresent(path -> others.remove(TABLE_PATH, path));
        checkOptions(others);
    }

    /**
     * Checks one path or URI that SQL names, links followed.
     *
     * @throws WarehouseException PATH_NOT_ALLOWED
     */
    public void checkPath(String path) {
        paths.check(path);
    }

    /**
     * Checks a class that a function is made from: its code runs with the server's rights.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED
     */
    void checkFunctionClass(String className) {
        boolean named = functionClasses.stream()
                .anyMatch(pattern -> pattern.endsWith("*")
                        ? className.startsWith(pattern.substring(0, pattern.length() - 1))
                        : className.equals(pattern));
        if (!named && !BoundedHiveModule.isOpen(className)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "The function class '" + className + "' is not allowed. Allowed are the classes of Hive's built-in"
                            + " functions, and those that the setting sql.functions names.");
        }
    }

    static WarehouseException jarNotAllowed() {
        return new WarehouseException(
                CatalogError.STATEMENT_NOT_ALLOWED,
                "A function's jar cannot be named in SQL: put it into the folder lib of the warehouse's home, name its classes"
                        + " in the setting sql.functions, and create the function from its class alone.");
    }

    /**
     * Puts secrets in the place of references.
     *
     * @throws WarehouseException SECRET_NOT_FOUND
     */
    Map<String, String> resolve(Map<String, String> options) {
        boolean isStored = "paimon".equals(options.get("connector"));
        Map<String, String> resolved = new HashMap<>();
        options.forEach((key, value) -> {
            if (SECRET.matcher(value).find()) {
                if (isStored) {
                    throw new WarehouseException(
                            CatalogError.SECRET_NOT_FOUND,
                            "A secret cannot stand in the option '" + key
                                    + "' of a Paimon table, which writes its options into its files.");
                }
                if (!CREDENTIAL_KEY.matcher(key).matches()) {
                    throw new WarehouseException(
                            CatalogError.SECRET_NOT_FOUND,
                            "A secret cannot stand in the option '" + key
                                    + "', which is no credential: its value could be read back.");
                }
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
}
