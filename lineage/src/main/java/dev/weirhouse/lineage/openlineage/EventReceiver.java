package dev.weirhouse.lineage.openlineage;

import java.util.List;
import java.util.Optional;

/** Where events go. Of one thread. */
interface EventReceiver extends AutoCloseable {

    /** A short word that it is known by in the journal, the log and the metrics. */
    String name();

    /**
     * Hands events over, in their order.
     *
     * @return how far that came; what is not settled is handed over again, in the same order
     * @throws InterruptedException when the process ends
     */
    Outcome send(List<String> events) throws InterruptedException;

    @Override
    void close();

    /**
     * What became of events.
     *
     * @param settled how many of them, from the first, need not be sent again
     * @param refused how many of those the receiver will never take
     * @param problem why the rest, or those that were refused, were not taken
     */
    record Outcome(int settled, int refused, Optional<String> problem) {

        static Outcome taken(int events) {
            return new Outcome(events, 0, Optional.empty());
        }
    }
}
