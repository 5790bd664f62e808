package dev.weirhouse.stream;

import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.testkit.TestWarehouse;

/** The lineage of the JVM's warehouse, opened once as in a server; it ends with the JVM. */
final class SharedLineage {

    private static Lineage lineage;

    private SharedLineage() {}

    static synchronized Lineage of(TestWarehouse kit) {
        if (lineage == null) {
            lineage = Lineage.open(kit.warehouse());
        }
        return lineage;
    }
}
