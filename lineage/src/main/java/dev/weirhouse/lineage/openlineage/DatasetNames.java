package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.lineage.Node;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What datasets are called here and in OpenLineage, whose naming parts a name into a namespace, which is the data source, and
 * a name within it: {@code hive://host:port} and {@code database.table} for a table of the catalog, {@code file} and a path,
 * {@code kafka://broker:port} and a topic.
 *
 * @param tables the namespace of the catalog's tables
 * @param warehouse where the catalog's tables lie, as a URI without a slash at its end: who reads their files names them so
 */
record DatasetNames(String tables, String warehouse) {

    private static final Pattern PLACE = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://[^/]*)(/.*)?");
    private static final Pattern TABLE = Pattern.compile("[^./:]+\\.[^./:]+");
    private static final Pattern TABLE_FOLDER = Pattern.compile("/([^/]+)\\.db/([^/]+)/*");

    /** File systems, whose paths begin with a slash; keys of objects, topics and tables do not. */
    private static final Set<String> ROOTED = Set.of("hdfs", "viewfs", "webhdfs", "abfs", "abfss", "wasb", "wasbs");

    /** A dataset as OpenLineage names it. */
    record DatasetId(String namespace, String name) {
        DatasetId {
            requireNonNull(namespace, "namespace is null");
            requireNonNull(name, "name is null");
        }
    }

    DatasetNames {
        requireNonNull(tables, "tables is null");
        requireNonNull(warehouse, "warehouse is null");
    }

    static DatasetNames of(Warehouse warehouse, OpenLineageConfig config) {
        String tables = config.datasetNamespace();
        if (tables.isEmpty()) {
            // Several metastores may be named; they are one.
            URI metastore = URI.create(warehouse.metastoreUri().split(",")[0].strip());
            tables = "hive://" + metastore.getHost() + ":" + metastore.getPort();
        }
        return new DatasetNames(tables, file(warehouse.config().warehouse()).replaceFirst("(?<=[^/])/+$", ""));
    }

    /** What a dataset of this warehouse's graph is called in OpenLineage. */
    DatasetId openLineage(String dataset) {
        if (dataset.startsWith("file:")) {
            return new DatasetId("file", dataset.substring("file:".length()));
        }
        Matcher place = PLACE.matcher(dataset);
        if (place.matches()) {
            String path = place.group(2) == null ? "/" : place.group(2);
            String scheme = dataset.substring(0, dataset.indexOf(':'));
            return new DatasetId(place.group(1), ROOTED.contains(scheme) ? path : path.substring(1));
        }
        int end = dataset.indexOf(':') < 0 ? dataset.indexOf('/') : dataset.indexOf(':');
        return end < 0
                ? new DatasetId(tables, dataset)
                : new DatasetId(dataset.substring(0, end), dataset.substring(end + 1));
    }

    /** Whether something is a table of the catalog. */
    boolean isTable(DatasetId id) {
        return TABLE.matcher(dataset(id)).matches();
    }

    /**
     * What a dataset of OpenLineage is called in this warehouse's graph: a table of the catalog by its name, whether it is
     * named by the metastore or by its folder, and everything else by namespace and name.
     */
    String dataset(DatasetId id) {
        String namespace = id.namespace().replaceFirst("(?<=[^/])/+$", "");
        if (namespace.equalsIgnoreCase(tables) && TABLE.matcher(id.name()).matches()) {
            return id.name().toLowerCase(Locale.ROOT);
        }
        String path = id.name().replaceFirst("(?<=.)/+$", "");
        String dataset = namespace.equals("file") || namespace.equals("file://")
                ? file("file:/" + path)
                : namespace + "/" + path.replaceFirst("^/+", "");
        if (dataset.startsWith(warehouse + "/")) {
            Matcher folder = TABLE_FOLDER.matcher(dataset.substring(warehouse.length()));
            if (folder.matches()) {
                return (folder.group(1) + "." + folder.group(2)).toLowerCase(Locale.ROOT);
            }
        }
        // What is answered has a name of its own, which nobody outside gives.
        return dataset.startsWith(Node.ANSWERS) ? "openlineage/" + dataset : dataset;
    }

    /** A local path has one spelling, {@code file:/path}. */
    private static String file(String uri) {
        return uri.replaceFirst("^file:/+", "file:/");
    }
}
