package dev.weirhouse.server.bench;

import dev.weirhouse.olap.tpch.Tpch.Table;
import java.nio.file.Path;
import java.util.List;

/**
 * A table as other engines read it.
 *
 * @param files of Parquet, which hold its rows
 */
record FileTable(Table table, List<Path> files) {

    FileTable {
        files = List.copyOf(files);
    }

    String name() {
        return table.name();
    }
}
