package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.Map;

/** Options of tables and views by which the warehouse itself notes something. */
public final class ReservedOptions {

    static final String PREFIX = "weirhouse.";

    private ReservedOptions() {}

    /**
     * Refuses them in what a statement gives.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED
     */
    public static void refuse(Map<String, String> options) {
        for (String key : options.keySet()) {
            if (key.startsWith(PREFIX)) {
                throw new WarehouseException(
                        CatalogError.STATEMENT_NOT_ALLOWED,
                        "The option '" + key + "' is the warehouse's own: names that begin with '" + PREFIX
                                + "' cannot be given.");
            }
        }
    }
}
