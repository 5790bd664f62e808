package dev.weirhouse.olap.paimon;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Values by key in a local file: the entries one after the other, then a hash table of where each begins. Two small
 * reads find a key and seldom more than one misses it. The file never changes, nothing of it is kept on the heap, and any
 * number of threads read it at once; the operating system's cache is what keeps it warm.
 *
 * <p>A slot of the table holds 24 bits of the key's hash over 40 bits of the entry's offset, plus one; zero is empty.
 */
final class KeyFile implements AutoCloseable {

    /** Keys at most: the table is 8 bytes a slot on the heap while the file is written. */
    static final long MAX_KEYS = 16_000_000;

    private static final int OFFSET_BITS = 40;
    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;
    private static final int SLOTS_READ = 16;
    private static final int HEADER = 2 * Integer.BYTES + Long.BYTES + Byte.BYTES;
    private static final int ENTRY_READ = 1024;

    private final Path path;
    private final long slotsAt;
    private final long slots;
    private volatile FileChannel channel;
    private boolean closed;

    private KeyFile(Path path, long slotsAt, long slots) throws IOException {
        this.path = path;
        this.slotsAt = slotsAt;
        this.slots = slots;
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    /** What is known of a key. */
    record Entry(long sequence, byte kind, byte[] value) {}

    /** Buffers of one reader at a time. */
    static final class Scratch {
        private final ByteBuffer slots = ByteBuffer.allocate(SLOTS_READ * Long.BYTES);
        private final ByteBuffer entry = ByteBuffer.allocate(ENTRY_READ);
    }

    /** @return null when the file does not hold the key */
    Entry find(byte[] key, Scratch scratch) throws IOException {
        long hash = hash(key);
        long slot = slot(hash, slots);
        for (long seen = 0; seen < slots; ) {
            int count = (int) Math.min(SLOTS_READ, slots - slot);
            read(scratch.slots.clear().limit(count * Long.BYTES), slotsAt + slot * Long.BYTES);
            for (int i = 0; i < count; i++) {
                long found = scratch.slots.getLong(i * Long.BYTES);
                if (found == 0) {
                    return null;
                }
                if (found >>> OFFSET_BITS == tag(hash)) {
                    Entry entry = entry((found & OFFSET_MASK) - 1, key, scratch.entry);
                    if (entry != null) {
                        return entry;
                    }
                }
            }
            seen += count;
            slot = slot + count == slots ? 0 : slot + count;
        }
        return null;
    }

    private Entry entry(long offset, byte[] key, ByteBuffer buffer) throws IOException {
        read(buffer.clear().limit((int) Math.min(ENTRY_READ, slotsAt - offset)), offset);
        int keyLength = buffer.getInt(0);
        int valueLength = buffer.getInt(Integer.BYTES);
        if (keyLength != key.length) {
            return null;
        }
        ByteBuffer whole = buffer;
        int length = HEADER + keyLength + valueLength;
        if (length > buffer.limit()) {
            whole = ByteBuffer.allocate(length);
            read(whole, offset);
        }
        byte[] bytes = whole.array();
        if (!Arrays.equals(bytes, HEADER, HEADER + keyLength, key, 0, keyLength)) {
            return null;
        }
        return new Entry(
                whole.getLong(2 * Integer.BYTES),
                whole.get(2 * Integer.BYTES + Long.BYTES),
                Arrays.copyOfRange(bytes, HEADER + keyLength, length));
    }

    private void read(ByteBuffer buffer, long position) throws IOException {
        FileChannel open = channel;
        while (buffer.hasRemaining()) {
            try {
                if (open.read(buffer, position + buffer.position()) < 0) {
                    throw new EOFException(path + " ends before " + (position + buffer.limit()));
                }
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (ClosedChannelException e) {
                // An interrupted reader closes the channel for all others.
                open = reopen(open);
            }
        }
    }

    private synchronized FileChannel reopen(FileChannel dead) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (channel == dead) {
            channel = FileChannel.open(path, StandardOpenOption.READ);
        }
        return channel;
    }

    /** Deletes the file. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
        Files.deleteIfExists(path);
    }

    private static long hash(byte[] key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : key) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }

    private static long slot(long hash, long slots) {
        return ((hash >>> 32) * slots) >>> 32;
    }

    private static long tag(long hash) {
        return hash & ((1L << (Long.SIZE - OFFSET_BITS)) - 1);
    }

    /** Writes a file; a writer that is closed unfinished leaves none. */
    static final class Writer implements AutoCloseable {

        private static final int CHUNK = 1 << 20;

        /** Asked for room before it is taken. */
        interface Room {
            void take(long bytes) throws IOException, NotReadyException;
        }

        private final Path path;
        private final Room room;
        private final OutputStream out;
        private final long[] table;
        private final ByteBuffer header = ByteBuffer.allocate(HEADER);
        private long position;
        private long taken;
        private boolean finished;

        /** @param keys how many there will be at most, up to {@link #MAX_KEYS} */
        Writer(Path path, long keys, Room room) throws IOException {
            if (keys > MAX_KEYS) {
                throw new IllegalArgumentException("Too many keys for one file: " + keys);
            }
            this.path = path;
            this.room = room;
            this.table = new long[(int) (keys * 5 / 3 + SLOTS_READ)];
            this.out = new BufferedOutputStream(
                    Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 1 << 16);
        }

        /** Adds a key that was not added yet. */
        void add(byte[] key, long sequence, byte kind, byte[] value) throws IOException, NotReadyException {
            long hash = hash(key);
            int slot = (int) slot(hash, table.length);
            while (table[slot] != 0) {
                slot = slot + 1 == table.length ? 0 : slot + 1;
            }
            table[slot] = tag(hash) << OFFSET_BITS | (position + 1);
            header.clear()
                    .putInt(key.length)
                    .putInt(value.length)
                    .putLong(sequence)
                    .put(kind);
            position += HEADER + key.length + value.length;
            take();
            out.write(header.array());
            out.write(key);
            out.write(value);
        }

        private void take() throws IOException, NotReadyException {
            if (position > OFFSET_MASK - 1) {
                throw new NotReadyException("a data file holds more than a terabyte");
            }
            if (position > taken) {
                long more = Math.max(CHUNK, position - taken);
                room.take(more);
                taken += more;
            }
        }

        KeyFile finish() throws IOException, NotReadyException {
            long slotsAt = position;
            ByteBuffer some = ByteBuffer.allocate(1 << 16);
            position += (long) table.length * Long.BYTES;
            take();
            for (long slot : table) {
                if (!some.hasRemaining()) {
                    out.write(some.array());
                    some.clear();
                }
                some.putLong(slot);
            }
            out.write(some.array(), 0, some.position());
            out.close();
            room.take(position - taken);
            taken = position;
            KeyFile file = new KeyFile(path, slotsAt, table.length);
            finished = true;
            return file;
        }

        @Override
        public void close() throws IOException {
            if (!finished) {
                out.close();
                Files.deleteIfExists(path);
            }
        }
    }
}
