package dev.weirhouse.consistency.diff;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Checksums of two multisets of rows, which do not depend on their order: the rows' keys are hashed into slots, and each slot has
 * how many rows the one has more than the other, and the difference of the sums of their rows' hashes of 128 bits. A slot in which
 * all is zero has the same rows on both sides, but for an accident of the hash.
 */
final class SlotSums {

    private static final int BITS = 12;

    /** How many slots there are. */
    static final int SLOTS = 1 << BITS;

    private final long[] counts = new long[SLOTS];
    private final long[] low = new long[SLOTS];
    private final long[] high = new long[SLOTS];
    private final long[] sizes = new long[SLOTS];

    void addLeft(byte[] key, byte[] row) {
        add(key, row, 1);
    }

    void addRight(byte[] key, byte[] row) {
        add(key, row, -1);
    }

    private void add(byte[] key, byte[] row, int sign) {
        int slot = slot(key);
        Hasher hasher = Hashing.murmur3_128().newHasher(key.length + row.length);
        ByteBuffer hash =
                ByteBuffer.wrap(hasher.putBytes(key).putBytes(row).hash().asBytes());
        counts[slot] += sign;
        low[slot] += sign * hash.getLong();
        high[slot] += sign * hash.getLong();
        sizes[slot] += RowPile.size(key, row);
    }

    /** Where the rows of a key are counted. */
    static int slot(byte[] key) {
        return Hashing.murmur3_32_fixed().hashBytes(key).asInt() >>> (Integer.SIZE - BITS);
    }

    /** The slots that have not the same rows on both sides. */
    BitSet differing() {
        BitSet differing = new BitSet(SLOTS);
        for (int slot = 0; slot < SLOTS; slot++) {
            if (counts[slot] != 0 || low[slot] != 0 || high[slot] != 0) {
                differing.set(slot);
            }
        }
        return differing;
    }

    /** What the rows of a slot take in the heap, those of both sides. */
    long size(int slot) {
        return sizes[slot];
    }
}
