package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.NearestName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.flink.FlinkConnectorOptions;
import org.apache.paimon.options.ConfigOption;
import org.apache.paimon.options.FallbackKey;
import org.apache.paimon.options.Options;

/**
 * What a statement may say in a hint on a Paimon table.
 *
 * <p>A name becomes a version in {@link VersionedCatalog} and nowhere else, so a hint cannot choose another branch or
 * folder: the statement's cut and its count of rows would speak of a table that it did not touch. A hint that Paimon would
 * pass over in silence is refused, because an answer without it is another answer.
 */
public final class PaimonHints {

    /** Options that say which physical table is meant. */
    private static final Set<String> CHOOSES_TABLE =
            Set.of(CoreOptions.BRANCH.key(), CoreOptions.SCAN_FALLBACK_BRANCH.key(), CoreOptions.PATH.key());

    /** Commits are signed by the run that makes them. */
    private static final String SIGNATURE = CoreOptions.COMMIT_USER_PREFIX.key();

    /** Options whose names go on with a column's name or with what a file format's library reads. */
    private static final List<String> OPEN_ENDED =
            List.of("fields.", "file-index.", "orc.", "parquet.", "avro.", "csv.");

    /** System tables that read all of a small file, whichever snapshot is asked for. */
    private static final Set<String> TIMELESS =
            Set.of("aggregation_fields", "branches", "consumers", "options", "schemas", "snapshots", "tags");

    private static final TreeMap<String, ConfigOption<?>> KNOWN = known();

    private PaimonHints() {}

    /**
     * Checks the options that a table is opened with.
     *
     * @param own the table's own options
     * @param merged its options with those of the hint
     * @throws WarehouseException STATEMENT_NOT_ALLOWED or SEMANTIC_ERROR
     */
    public static void check(TableName name, Map<String, String> own, Map<String, String> merged) {
        Map<String, String> hint = new HashMap<>(merged);
        own.forEach(hint::remove);
        check(name, hint);
    }

    /**
     * Checks a hint.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED or SEMANTIC_ERROR
     */
    public static void check(TableName name, Map<String, String> hint) {
        if (hint.isEmpty()) {
            return;
        }
        int dollar = name.table().lastIndexOf('$');
        if (dollar >= 0 && TIMELESS.contains(name.table().substring(dollar + 1))) {
            throw wrong(
                    "The table " + name + " is the same at every snapshot and takes no hint. Choose rows with WHERE.");
        }
        hint.forEach((key, value) -> check(name, key, value));
    }

    private static void check(TableName name, String key, String value) {
        if (CHOOSES_TABLE.contains(key)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "A hint cannot choose another table, and '" + key + "' would. The branch b of " + name
                            + " has the name `" + name.table() + "$branch_b`.");
        }
        if (SIGNATURE.equals(key)) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "A hint cannot sign commits: '" + key + "' is the warehouse's own.");
        }
        ConfigOption<?> option = KNOWN.get(key);
        if (option == null) {
            if (OPEN_ENDED.stream().anyMatch(key::startsWith)) {
                return;
            }
            throw wrong("Paimon has no option '" + key + "', which a hint on " + name + " names."
                    + NearestName.of(key, KNOWN.navigableKeySet())
                            .map(near -> " Did you mean '" + near + "'?")
                            .orElse(""));
        }
        try {
            Options.fromMap(Map.of(key, value)).get(option);
        } catch (IllegalArgumentException e) {
            throw new WarehouseException(
                    CatalogError.SEMANTIC_ERROR,
                    "'" + value + "' is no value of the option '" + key + "', which a hint on " + name + " names.",
                    e);
        }
    }

    private static TreeMap<String, ConfigOption<?>> known() {
        TreeMap<String, ConfigOption<?>> known = new TreeMap<>();
        Stream.concat(CoreOptions.getOptions().stream(), FlinkConnectorOptions.getOptions().stream())
                .forEach(option -> {
                    known.put(option.key(), option);
                    for (FallbackKey other : option.fallbackKeys()) {
                        known.put(other.getKey(), option);
                    }
                });
        return known;
    }

    private static WarehouseException wrong(String detail) {
        return new WarehouseException(CatalogError.SEMANTIC_ERROR, detail);
    }
}
