package dev.weirhouse.consistency.diff;

import dev.weirhouse.consistency.diff.TableDiff.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Finds the rows that are not the same on both sides.
 *
 * <ol>
 *   <li>All rows are read once and summed up in slots of their keys ({@link SlotSums}). Slots that agree are done with.
 *   <li>The rows of the others are read again and put aside in piles, each of some slots and as large as the heap may hold, and
 *       compared pile by pile ({@link RowComparison}). Where there are more piles than files may be open, they are made some at a
 *       time, and the rows read once more for each time.
 * </ol>
 *
 * <p>Used by one thread.
 */
final class RowsDiff {

    /** So many piles of each side are files that are open at once. */
    private static final int MOST_PILES = 128;

    private static final int NO_PILE = -1;

    private final RowComparison rows;
    private final Limits limits;
    private final Runnable goesOn;

    /** @param goesOn throws when the comparison is to end */
    RowsDiff(RowComparison rows, Limits limits, Runnable goesOn) {
        this.rows = rows;
        this.limits = limits;
        this.goesOn = goesOn;
    }

    /** The rows of a side, the same each time. */
    @FunctionalInterface
    interface Rows {
        void read(RowPile.Taker taker);
    }

    /** Whether both sides have the same sums; where they have not, their rows are compared. */
    boolean agree(Rows left, Rows right) {
        SlotSums sums = new SlotSums();
        left.read(sums::addLeft);
        right.read(sums::addRight);
        BitSet differing = sums.differing();
        if (differing.isEmpty()) {
            return true;
        }
        int[] pileOf = new int[SlotSums.SLOTS];
        int piles = assign(sums, differing, pileOf);
        // One slot may be more than the heap holds: where rows are counted, all of its rows may be the same.
        boolean inHeap = differing.stream().mapToLong(sums::size).sum() <= limits.memory();
        for (int first = 0; first < piles; first += MOST_PILES) {
            compare(left, right, pileOf, first, Math.min(piles - first, MOST_PILES), inHeap);
        }
        return false;
    }

    /** Compares the rows of some piles. */
    private void compare(Rows left, Rows right, int[] pileOf, int first, int piles, boolean inHeap) {
        List<RowPile> ours = new ArrayList<>();
        List<RowPile> theirs = new ArrayList<>();
        try {
            for (int i = 0; i < piles; i++) {
                ours.add(inHeap ? RowPile.inHeap() : RowPile.inFile(limits.folder()));
                theirs.add(inHeap ? RowPile.inHeap() : RowPile.inFile(limits.folder()));
            }
            left.read(putAside(pileOf, first, ours));
            right.read(putAside(pileOf, first, theirs));
            for (int i = 0; i < piles; i++) {
                goesOn.run();
                rows.compare(ours.get(i), theirs.get(i));
            }
        } finally {
            ours.forEach(RowPile::close);
            theirs.forEach(RowPile::close);
        }
    }

    /** Puts slots into piles, none larger than the heap allows unless one slot is; a slot that agrees is in none. */
    private int assign(SlotSums sums, BitSet differing, int[] pileOf) {
        Arrays.fill(pileOf, NO_PILE);
        long most = limits.memory();
        int pile = 0;
        long size = 0;
        for (int slot = differing.nextSetBit(0); slot >= 0; slot = differing.nextSetBit(slot + 1)) {
            if (size > 0 && size + sums.size(slot) > most) {
                pile++;
                size = 0;
            }
            pileOf[slot] = pile;
            size += sums.size(slot);
        }
        return pile + 1;
    }

    private static RowPile.Taker putAside(int[] pileOf, int first, List<RowPile> piles) {
        return (key, row) -> {
            int pile = pileOf[SlotSums.slot(key)];
            if (pile >= first && pile < first + piles.size()) {
                piles.get(pile - first).add(key, row);
            }
        };
    }
}
