package dev.weirhouse.olap.paimon;

import java.nio.file.Path;
import org.apache.paimon.table.source.DeletionFile;

/**
 * A data file that is local Parquet.
 *
 * @param schemaId the schema that it was written under
 * @param rows how many rows it has
 * @param retractions whether some of its rows say that a key is deleted
 * @param deletions which of its rows are deleted; null when none is
 */
record StoredFile(Path path, long schemaId, long rows, boolean retractions, DeletionFile deletions) {}
