package dev.weirhouse.olap.duckdb;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A whole answer of the native engine, read in batches. The engine is no longer needed for it. It belongs to one thread,
 * and must be closed.
 *
 * <pre>{@code
 * while (answer.loadNext()) {
 *     send(answer.root());
 * }
 * }</pre>
 */
public final class NativeAnswer implements AutoCloseable {

    private final ArrowStreamReader reader;
    private final VectorSchemaRoot root;
    private final long bytes;

    /** The whole stream where that is small; else null. */
    private final ByteBuffer stream;

    private NativeAnswer(ArrowStreamReader reader, VectorSchemaRoot root, long bytes, ByteBuffer stream) {
        this.reader = reader;
        this.root = root;
        this.bytes = bytes;
        this.stream = stream;
    }

    /** @param stream an answer in memory */
    static NativeAnswer read(ByteBuffer stream, BufferAllocator allocator) {
        return read(new MemoryChannel(stream.duplicate()), stream.remaining(), stream, allocator);
    }

    /** @param stream belongs to the answer, also when this fails */
    static NativeAnswer read(ReadableByteChannel stream, long bytes, BufferAllocator allocator) {
        return read(stream, bytes, null, allocator);
    }

    private static NativeAnswer read(
            ReadableByteChannel channel, long bytes, ByteBuffer stream, BufferAllocator allocator) {
        ArrowStreamReader reader = new ArrowStreamReader(channel, allocator);
        try {
            return new NativeAnswer(reader, reader.getVectorSchemaRoot(), bytes, stream);
        } catch (IOException | OutOfMemoryException e) {
            WarehouseException failure = unreadable(e);
            close(reader, failure);
            throw failure;
        }
    }

    private static void close(ArrowStreamReader reader, WarehouseException failure) {
        try {
            reader.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The columns as DuckDB names and types them. */
    public Schema schema() {
        return root.getSchema();
    }

    /** The whole answer as an Arrow IPC stream; empty when it is on disk. */
    Optional<byte[]> content() {
        if (stream == null) {
            return Optional.empty();
        }
        byte[] content = new byte[stream.remaining()];
        stream.duplicate().get(content);
        return Optional.of(content);
    }

    /** How long the answer is as an Arrow IPC stream. */
    public long bytes() {
        return bytes;
    }

    /**
     * Loads the next batch into the {@linkplain #root vectors}, in the place of the one before; false after the last.
     * Buffers that were transferred out of the vectors, or retained, stay as they are.
     *
     * @throws WarehouseException {@code RESULT_MEMORY_EXHAUSTED} when the allocator has no room for it;
     *     {@code CANCELLED} when the thread is interrupted
     */
    public boolean loadNext() {
        try {
            return reader.loadNextBatch();
        } catch (IOException | OutOfMemoryException e) {
            throw unreadable(e);
        }
    }

    /** The vectors, always the same; empty before the first batch. */
    public VectorSchemaRoot root() {
        return root;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static WarehouseException unreadable(Exception cause) {
        if (cause instanceof OutOfMemoryException) {
            return new WarehouseException(
                    OlapError.RESULT_MEMORY_EXHAUSTED,
                    "The memory for answers on their way to clients is used up: ask for fewer or smaller rows,"
                            + " try again when less is running, or raise flight.memory.",
                    cause);
        }
        if (cause instanceof ClosedByInterruptException) {
            return new WarehouseException(CatalogError.CANCELLED, "The reader of the answer was interrupted.", cause);
        }
        return new WarehouseException(
                OlapError.NATIVE_ANSWER_LOST,
                "An answer of the native engine cannot be read back from disk: " + cause.getMessage(),
                cause);
    }

    /** Reads from memory. */
    static final class MemoryChannel implements ReadableByteChannel {

        private final ByteBuffer content;

        MemoryChannel(ByteBuffer content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer into) {
            if (!content.hasRemaining()) {
                return -1;
            }
            int bytes = Math.min(into.remaining(), content.remaining());
            into.put(content.slice(content.position(), bytes));
            content.position(content.position() + bytes);
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }
}
