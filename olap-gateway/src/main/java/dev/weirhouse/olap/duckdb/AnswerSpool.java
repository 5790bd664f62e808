package dev.weirhouse.olap.duckdb;

import dev.weirhouse.olap.duckdb.EngineProtocol.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Holds an answer until it is whole: in memory while it is small, then in a file. It belongs to one thread. What is
 * closed without having been sealed is forgotten.
 */
final class AnswerSpool implements WritableByteChannel {

    /** The largest answer that stays in memory; both processes hold it as it is. */
    static final int SMALL_BYTES = 1 << 20;

    private static final int FIRST_BYTES = 8 << 10;

    /** What is taken from the budget at once. */
    private static final long SLICE_BYTES = 4L << 20;

    /** There is no room on disk for this answer. */
    static final class Full extends IOException {
        private static final long serialVersionUID = 1L;

        Full(String message) {
            super(message);
        }
    }

    private final Path path;
    private final SpoolBudget budget;
    private byte[] memory = new byte[FIRST_BYTES];
    private int held;
    private FileChannel file;
    private long taken;
    private long written;
    private boolean sealed;

    /** @param path where the file is made if there must be one */
    AnswerSpool(Path path, SpoolBudget budget) {
        this.path = path;
        this.budget = budget;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int bytes = from.remaining();
        if (file == null && held + bytes <= SMALL_BYTES) {
            if (held + bytes > memory.length) {
                memory = Arrays.copyOf(memory, Math.min(SMALL_BYTES, Math.max(memory.length * 2, held + bytes)));
            }
            from.get(memory, held, bytes);
            held += bytes;
            return bytes;
        }
        if (file == null) {
            file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            append(ByteBuffer.wrap(memory, 0, held));
            memory = null;
        }
        append(from);
        return bytes;
    }

    private void append(ByteBuffer from) throws IOException {
        long needed = written + from.remaining() - taken;
        if (needed > 0) {
            long slice = Math.max(needed, SLICE_BYTES);
            // The last bit of the budget may be smaller than a slice and still be enough.
            if (budget.take(slice)) {
                taken += slice;
            } else if (budget.take(needed)) {
                taken += needed;
            } else {
                throw new Full("The answers on disk have reached " + budget.limit() + " bytes");
            }
        }
        while (from.hasRemaining()) {
            written += file.write(from);
        }
    }

    /** The answer is whole: how to send it. A file and what it takes of the budget are the warehouse's from now on. */
    Reply seal() throws IOException {
        if (file == null) {
            return new Reply.Small(ByteBuffer.wrap(memory, 0, held));
        }
        file.close();
        budget.giveBack(taken - written);
        taken = written;
        sealed = true;
        return new Reply.Spooled(path.getFileName().toString(), written);
    }

    @Override
    public boolean isOpen() {
        return !sealed;
    }

    @Override
    public void close() throws IOException {
        if (sealed || file == null) {
            return;
        }
        file.close();
        Files.deleteIfExists(path);
        budget.giveBack(taken);
        taken = 0;
    }
}
