package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.RecordedText;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.catalog.ContextResolvedTable;
import org.apache.flink.table.catalog.ObjectIdentifier;

/**
 * What the rows of a table are called wherever they are spoken of. A table of the catalog goes by its name, {@code
 * database.table}; one that a session or a job made for itself, by what lies behind it, as OpenLineage names datasets: {@code
 * file:/data/flights}, {@code kafka://broker:9092/flights}, {@code postgres://host:5432/shop.public.orders}. Where that is not known it is the connector with the table's
 * name: {@code datagen:clicks}.
 */
public final class Datasets {

    private Datasets() {}

    /** The name of a table's rows. */
    public static String name(ContextResolvedTable table) {
        return table.isPermanent()
                ? name(table.getIdentifier())
                : temporary(table.getIdentifier(), table.getResolvedTable().getOptions());
    }

    /** As {@link #name(ContextResolvedTable)}, of a table that has these options and no place in the catalog. */
    static String temporary(ObjectIdentifier identifier, Map<String, String> options) {
        String connector = options.getOrDefault("connector", "temporary");
        if (connector.equals("filesystem") && options.containsKey("path")) {
            return file(options.get("path"));
        }
        if (connector.contains("kafka") && options.containsKey("topic")) {
            // Of several brokers the first stands for the cluster, as in OpenLineage.
            String broker = options.getOrDefault("properties.bootstrap.servers", "")
                    .split(",", 2)[0]
                    .strip();
            return "kafka://" + broker + "/" + options.get("topic");
        }
        if (connector.equals(PostgresTables.CONNECTOR) && options.containsKey("hostname")) {
            return "postgres://" + options.get("hostname") + ":" + options.getOrDefault("port", "5432") + "/"
                    + Stream.of("database-name", "schema-name", "table-name")
                            .map(key -> options.getOrDefault(key, ""))
                            .collect(Collectors.joining("."));
        }
        return connector + ":" + identifier.getObjectName();
    }

    /** The name of a table of the catalog, which knows no case. */
    public static String name(ObjectIdentifier identifier) {
        return (identifier.getDatabaseName() + "." + identifier.getObjectName()).toLowerCase(Locale.ROOT);
    }

    private static String file(String path) {
        String scheme =
                path.contains(":") ? URI.create(path.replace(" ", "%20")).getScheme() : null;
        if (scheme == null) {
            return "file:" + Path.of(path).toAbsolutePath().normalize();
        }
        return RecordedText.of(path)
                .replace("://***@", "://")
                .replaceFirst("^file:/+", "file:/")
                .replaceFirst("(?<=.)/+$", "");
    }
}
