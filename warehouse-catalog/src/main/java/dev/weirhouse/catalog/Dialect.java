package dev.weirhouse.catalog;

import java.util.Locale;

/** The dialect that a statement is written in; Flink decides what it means in either. */
public enum Dialect {
    FLINK,
    HIVE;

    /** Reads {@code flink}, {@code default} or {@code hive} in any case. */
    public static Dialect parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "flink", "default" -> FLINK;
            case "hive" -> HIVE;
            default ->
                throw new WarehouseException(
                        CatalogError.SEMANTIC_ERROR, "There is no dialect '" + text + "': use 'flink' or 'hive'.");
        };
    }
}
