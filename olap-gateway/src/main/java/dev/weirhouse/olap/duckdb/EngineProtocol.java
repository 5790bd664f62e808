package dev.weirhouse.olap.duckdb;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the warehouse and its native engine say to each other.
 *
 * <ol>
 *   <li>The warehouse starts the engine with {@link EngineSettings} as arguments and keeps the other end of its standard
 *       input. The engine opens its database, listens on the Unix socket and writes {@link #READY} and a line feed to its
 *       standard output.
 *   <li>The warehouse connects once for each query that may run at the same time. On a connection it sends a request and
 *       reads the reply before it sends the next.
 *   <li>A request is a frame with a {@link Request}. A reply is a frame with a {@link Reply}, sent only when the query
 *       can no longer fail: a small answer lies in the frame, a large one in a file of the spool folder that the frame
 *       names, both as an Arrow IPC stream.
 *   <li>The warehouse opens the file, deletes its name, and reads it without the engine. When it has closed it, it says
 *       {@code release BYTES} on the standard input, and the engine may spool as much again.
 *   <li>{@code cancel ID} on the standard input interrupts a query. It may overtake the request that it means, so the
 *       warehouse repeats it until the reply is there, and kills the engine when none comes.
 *   <li>At the end of its standard input, which the warehouse's death brings about however it dies, the engine deletes
 *       its folder and ends.
 * </ol>
 *
 * <p>A frame is its length in four bytes and as many bytes. Numbers are big-endian, texts a length and UTF-8.
 */
final class EngineProtocol {

    static final String READY = "ready";
    static final String CANCEL = "cancel";
    static final String RELEASE = "release";

    /** More connections than queries may run at once, so that none has to wait to be taken. */
    static final int MAX_CONNECTIONS = 512;

    /** The longest frame: a query may name ten thousands of files. */
    static final int MAX_FRAME_BYTES = 64 << 20;

    private static final int LENGTH_BYTES = 4;

    private EngineProtocol() {}

    /** A query on its way to the engine. */
    record Request(long id, String sql, List<Object> parameters) {

        /** The whole frame. */
        ByteBuffer toFrame() {
            return frame(out -> {
                out.writeLong(id);
                writeText(out, sql);
                out.writeInt(parameters.size());
                for (Object parameter : parameters) {
                    writeValue(out, parameter);
                }
            });
        }

        static Request of(ByteBuffer body) throws IOException {
            try {
                long id = body.getLong();
                String sql = readText(body);
                int count = body.getInt();
                List<Object> parameters = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    parameters.add(readValue(body));
                }
                return new Request(id, sql, Collections.unmodifiableList(parameters));
            } catch (BufferUnderflowException e) {
                throw new IOException("A request ends too early", e);
            }
        }
    }

    /** What became of a query. */
    sealed interface Reply {

        /** The answer itself. */
        record Small(ByteBuffer stream) implements Reply {}

        /** The answer lies in the spool folder. */
        record Spooled(String file, long bytes) implements Reply {}

        /** There is no answer. */
        record Refused(Cause cause, String text) implements Reply {}

        /** The whole frame. */
        default ByteBuffer toFrame() {
            return frame(out -> {
                if (this instanceof Small small) {
                    out.writeByte(0);
                    out.write(
                            small.stream().array(),
                            small.stream().arrayOffset() + small.stream().position(),
                            small.stream().remaining());
                } else if (this instanceof Spooled spooled) {
                    out.writeByte(1);
                    writeText(out, spooled.file());
                    out.writeLong(spooled.bytes());
                } else if (this instanceof Refused refused) {
                    out.writeByte(2);
                    out.writeByte(refused.cause().ordinal());
                    writeText(out, refused.text());
                }
            });
        }

        static Reply of(ByteBuffer body) throws IOException {
            try {
                return switch (body.get()) {
                    case 0 -> new Small(body);
                    case 1 -> new Spooled(readText(body), body.getLong());
                    case 2 -> new Refused(Cause.values()[body.get()], readText(body));
                    default -> throw new IOException("A reply of no known kind");
                };
            } catch (BufferUnderflowException | ArrayIndexOutOfBoundsException e) {
                throw new IOException("A reply that cannot be read", e);
            }
        }
    }

    /** Why there is no answer. */
    enum Cause {
        FAILED,
        MEMORY,
        SPOOL_FULL,
        CANCELLED
    }

    /** Reads the length of a frame. */
    static int frameLength(ByteBuffer head) throws IOException {
        int length = head.getInt();
        if (length < 0 || length > MAX_FRAME_BYTES) {
            throw new IOException("A frame of " + length + " bytes");
        }
        return length;
    }

    static ByteBuffer frameHead() {
        return ByteBuffer.allocate(LENGTH_BYTES);
    }

    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    private static ByteBuffer frame(Content content) {
        Frame bytes = new Frame();
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(0);
            content.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("Memory cannot be written to", e);
        }
        ByteBuffer frame = bytes.buffer();
        frame.putInt(0, frame.remaining() - LENGTH_BYTES);
        return frame;
    }

    /** Gives its bytes away without copying them. */
    private static final class Frame extends ByteArrayOutputStream {
        ByteBuffer buffer() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(ByteBuffer from) throws IOException {
        return new String(readBytes(from), StandardCharsets.UTF_8);
    }

    private static byte[] readBytes(ByteBuffer from) throws IOException {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new IOException("A value of " + length + " bytes in a frame that has " + from.remaining() + " left");
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private static void writeValue(DataOutputStream out, Object value) throws IOException {
        if (value == null) {
            out.writeByte('n');
        } else if (value instanceof Boolean bool) {
            out.writeByte('b');
            out.writeBoolean(bool);
        } else if (value instanceof Byte number) {
            out.writeByte('1');
            out.writeByte(number);
        } else if (value instanceof Short number) {
            out.writeByte('2');
            out.writeShort(number);
        } else if (value instanceof Integer number) {
            out.writeByte('4');
            out.writeInt(number);
        } else if (value instanceof Long number) {
            out.writeByte('8');
            out.writeLong(number);
        } else if (value instanceof Float number) {
            out.writeByte('f');
            out.writeFloat(number);
        } else if (value instanceof Double number) {
            out.writeByte('g');
            out.writeDouble(number);
        } else if (value instanceof BigDecimal number) {
            out.writeByte('d');
            out.writeInt(number.scale());
            byte[] unscaled = number.unscaledValue().toByteArray();
            out.writeInt(unscaled.length);
            out.write(unscaled);
        } else if (value instanceof String text) {
            out.writeByte('s');
            writeText(out, text);
        } else if (value instanceof LocalDate date) {
            out.writeByte('D');
            out.writeLong(date.toEpochDay());
        } else if (value instanceof LocalTime time) {
            out.writeByte('T');
            out.writeLong(time.toNanoOfDay());
        } else if (value instanceof LocalDateTime moment) {
            out.writeByte('M');
            out.writeLong(moment.toEpochSecond(ZoneOffset.UTC));
            out.writeInt(moment.getNano());
        } else if (value instanceof byte[] bytes) {
            out.writeByte('x');
            out.writeInt(bytes.length);
            out.write(bytes);
        } else {
            throw new IllegalArgumentException(
                    "no parameter can be a " + value.getClass().getName());
        }
    }

    private static Object readValue(ByteBuffer from) throws IOException {
        byte kind = from.get();
        return switch (kind) {
            case 'n' -> null;
            case 'b' -> from.get() != 0;
            case '1' -> from.get();
            case '2' -> from.getShort();
            case '4' -> from.getInt();
            case '8' -> from.getLong();
            case 'f' -> from.getFloat();
            case 'g' -> from.getDouble();
            case 'd' -> {
                int scale = from.getInt();
                yield new BigDecimal(new BigInteger(readBytes(from)), scale);
            }
            case 's' -> readText(from);
            case 'D' -> LocalDate.ofEpochDay(from.getLong());
            case 'T' -> LocalTime.ofNanoOfDay(from.getLong());
            case 'M' -> {
                long second = from.getLong();
                yield LocalDateTime.ofEpochSecond(second, from.getInt(), ZoneOffset.UTC);
            }
            case 'x' -> readBytes(from);
            default -> throw new IOException("A value of no known kind: " + kind);
        };
    }
}
