package dev.weirhouse.olap.paimon;

import dev.weirhouse.catalog.paimon.TableRead;
import java.util.List;

/** The primary keys of tables that rows may be looked up in. */
public final class PrimaryKeys {

    private PrimaryKeys() {}

    /** The names of the columns, in the key's order; none when the table has no key or is not served by key. */
    public static List<String> of(TableRead read) {
        return PointLookups.refusal(read.table()).isPresent()
                ? List.of()
                : read.table().primaryKeys();
    }
}
