package dev.weirhouse.olap.paimon;

import java.util.List;
import java.util.Optional;
import org.apache.paimon.table.source.Split;

/**
 * A split of a table as it can be read.
 *
 * @param stored its files where the engine can read them in place; empty when Paimon has to
 */
record SplitFiles(Split split, Optional<Stored> stored) {

    /**
     * The layers of {@link MergeLayers} with the files' paths.
     *
     * @param plain files each row of which is a row of the table unless it is deleted or a retraction
     */
    record Stored(List<StoredFile> plain, List<StoredFile> young, boolean unique, List<List<StoredFile>> older) {}
}
