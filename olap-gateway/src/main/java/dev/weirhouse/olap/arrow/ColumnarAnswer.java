package dev.weirhouse.olap.arrow;

import dev.weirhouse.catalog.Answer;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * An answer whose rows are columns of Arrow. Who does not want them as such reads {@link #rows}; one reader takes one or
 * the other.
 *
 * <p>Another thread may close the answer while it is read. Its memory is not Java's, so the reader holds on to it first:
 *
 * <pre>{@code
 * answer.hold();
 * try {
 *     while (answer.loadNext()) {
 *         send(answer.root());
 *     }
 * } finally {
 *     answer.release();
 * }
 * }</pre>
 */
public interface ColumnarAnswer extends Answer {

    /**
     * Keeps the vectors alive until they are released.
     *
     * @throws dev.weirhouse.catalog.WarehouseException CANCELLED when the answer is closed already
     */
    void hold();

    /** Lets go of what was held. */
    void release();

    /** The vectors, always the same, with the fields that {@link ArrowFields#ofAnswer} gives; empty before the first batch. */
    VectorSchemaRoot root();

    /**
     * Loads the next batch in the place of the one before. Buffers that were transferred out of the vectors, or retained,
     * stay as they are.
     *
     * @return false after the last
     */
    boolean loadNext();
}
