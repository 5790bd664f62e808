package dev.weirhouse.olap.paimon;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.format.FileFormat;
import org.apache.paimon.format.FormatWriter;
import org.apache.paimon.fs.PositionOutputStream;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.options.Options;
import org.apache.paimon.types.RowType;

/** A local Parquet file while it is written. */
final class LocalParquet implements AutoCloseable {

    private final PositionOutputStream out;
    private final FormatWriter writer;

    LocalParquet(RowType type, Path target) throws IOException {
        out = LocalFileIO.create().newOutputStream(new org.apache.paimon.fs.Path(target.toUri()), true);
        try {
            writer = FileFormat.fromIdentifier("parquet", new Options())
                    .createWriterFactory(type)
                    .create(out, "zstd");
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    void add(InternalRow row) throws IOException {
        writer.addElement(row);
    }

    @Override
    public void close() throws IOException {
        try (out) {
            writer.close();
        }
    }
}
