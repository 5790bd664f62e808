package dev.weirhouse.consistency.diff;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows that are put aside to be compared later, in the heap or in a file. Used by one thread. */
final class RowPile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RowPile.class);

    /** What a row takes in the heap beside its bytes, once it is in a map. */
    private static final int OVERHEAD = 160;

    private final Path file;
    private final OutputStream target;
    private final DataOutputStream out;

    private RowPile(Path file, OutputStream target) {
        this.file = file;
        this.target = target;
        this.out = new DataOutputStream(target);
    }

    static RowPile inHeap() {
        return new RowPile(null, new ByteArrayOutputStream());
    }

    /** @param folder that is there; the file goes when the pile is closed */
    static RowPile inFile(Path folder) {
        try {
            Path file = Files.createTempFile(folder, "rows-", ".tmp");
            return new RowPile(file, new BufferedOutputStream(Files.newOutputStream(file)));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static WarehouseException unusable(IOException cause) {
        return new WarehouseException(
                CatalogError.EXECUTION_FAILED,
                "Rows that differ cannot be put aside in files of the home; is its disk full? " + cause,
                cause);
    }

    /** What a row takes in the heap when piles are compared. */
    static long size(byte[] key, byte[] row) {
        return (long) OVERHEAD + key.length + row.length;
    }

    void add(byte[] key, byte[] row) {
        try {
            out.writeInt(key.length);
            out.write(key);
            out.writeInt(row.length);
            out.write(row);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Takes a row of the pile. */
    interface Taker {
        void take(byte[] key, byte[] row);
    }

    /** Ends the pile, and hands out its rows in the order in which they came. */
    void forEach(Taker taker) {
        try {
            out.close();
            try (DataInputStream in = new DataInputStream(open())) {
                while (true) {
                    byte[] key;
                    try {
                        key = new byte[in.readInt()];
                    } catch (EOFException e) {
                        return;
                    }
                    in.readFully(key);
                    byte[] row = new byte[in.readInt()];
                    in.readFully(row);
                    taker.take(key, row);
                }
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private InputStream open() throws IOException {
        return file == null
                ? new ByteArrayInputStream(((ByteArrayOutputStream) target).toByteArray())
                : new BufferedInputStream(Files.newInputStream(file));
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            // A full disk: what is still to be written there nobody reads any more.
            LOG.debug("{} is not written to its end", file, e);
        }
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{} is left behind, and deleted at the next start", file, e);
        }
    }
}
