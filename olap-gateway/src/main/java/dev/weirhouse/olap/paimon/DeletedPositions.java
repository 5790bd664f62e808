package dev.weirhouse.olap.paimon;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.deletionvectors.DeletionVector;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.table.source.DeletionFile;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypes;
import org.apache.paimon.types.RowType;

/** Which rows of a data file are deleted, as a Parquet file of their positions. */
final class DeletedPositions {

    static final String COLUMN = "position";

    private static final RowType TYPE =
            RowType.of(new DataType[] {DataTypes.BIGINT().notNull()}, new String[] {COLUMN});

    private DeletedPositions() {}

    /** What the file is made from; it never changes. */
    static String key(DeletionFile deletions) {
        return deletions.path() + "@" + deletions.offset() + "+" + deletions.length();
    }

    /** @param rows of the data file */
    static void write(FileIO from, DeletionFile deletions, long rows, Path target) throws IOException {
        DeletionVector vector = DeletionVector.read(from, deletions);
        try (LocalParquet out = new LocalParquet(TYPE, target)) {
            for (long position = 0; position < rows; position++) {
                if (vector.isDeleted(position)) {
                    out.add(GenericRow.of(position));
                }
            }
        }
    }
}
