package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.lineage.openlineage.EventJournal.Waiting;
import dev.weirhouse.lineage.openlineage.EventReceiver.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one receiver from the journal: in order, each event until it is settled, with growing pauses while the receiver does
 * not take it. Its figures may be read by any thread; all else is of one.
 */
public final class Delivery {

    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Events that are handed over at once. */
    private static final int AT_ONCE = 100;

    private final EventReceiver receiver;
    private final EventJournal journal;
    private Duration pause = Duration.ZERO;
    private long notBefore;
    private volatile long sent;
    private volatile long refused;
    private volatile long dropped;
    private volatile long waiting;

    Delivery(EventReceiver receiver, EventJournal journal) {
        this.receiver = requireNonNull(receiver, "receiver is null");
        this.journal = requireNonNull(journal, "journal is null");
    }

    /** The receiver: {@code http}, {@code kafka} or {@code file}. */
    public String receiver() {
        return receiver.name();
    }

    /** How many events it took, since the process began. */
    public long sent() {
        return sent;
    }

    /** How many events it said it will never take. */
    public long refused() {
        return refused;
    }

    /** How many events it never got because the journal was full. */
    public long dropped() {
        return dropped;
    }

    /** How many bytes of events wait for it. */
    public long waiting() {
        return waiting;
    }

    /**
     * Sends what waits, unless the receiver is left in peace.
     *
     * @param now in milliseconds since 1970 UTC
     */
    void deliver(long now) throws InterruptedException {
        try {
            while (now >= notBefore) {
                List<Waiting> next = journal.next(receiver.name(), AT_ONCE);
                if (next.isEmpty()) {
                    break;
                }
                settle(next, receiver.send(next.stream().map(Waiting::event).toList()), now);
            }
        } catch (IOException e) {
            later(Optional.of(e.toString()), now);
        } finally {
            dropped = journal.dropped(receiver.name());
            waiting = journal.waiting(receiver.name());
        }
    }

    private void settle(List<Waiting> next, Outcome outcome, long now) throws IOException {
        if (outcome.settled() > 0) {
            journal.taken(receiver.name(), next.get(outcome.settled() - 1).after());
            sent += outcome.settled() - outcome.refused();
            refused += outcome.refused();
            if (outcome.refused() > 0) {
                LOG.warn(
                        "receiver={} refused={} events: {}",
                        receiver.name(),
                        outcome.refused(),
                        outcome.problem().orElse(""));
            }
        }
        if (outcome.settled() < next.size()) {
            later(outcome.problem(), now);
        } else if (!pause.isZero()) {
            LOG.info("receiver={} takes events again", receiver.name());
            pause = Duration.ZERO;
        }
    }

    private void later(Optional<String> problem, long now) {
        if (pause.isZero()) {
            LOG.warn("receiver={} takes no events; they wait: {}", receiver.name(), problem.orElse(""));
        }
        Duration longer = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        notBefore = now + pause.toMillis();
    }

    void close() {
        receiver.close();
    }
}
