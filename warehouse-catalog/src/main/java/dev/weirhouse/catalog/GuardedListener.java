package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.StatementTree;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener of statements: a record is no reason for a statement to fail. Thread-safe. */
final class GuardedListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

    private volatile StatementListener listener = StatementListener.NONE;

    void listen(StatementListener told) {
        listener = told;
    }

    /**
     * Tells of a statement.
     *
     * @param trees made only now; where they cannot be, the tables are told
     * @param uses all that it reads and writes
     * @return what the listener calls it; empty when it reads nothing, or nothing can be told
     */
    Optional<String> compiled(Supplier<List<StatementTree>> trees, StatementUses uses, boolean durably) {
        try {
            return listener.compiled(trees.get(), durably);
        } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
            LOG.warn("of what a statement derives from, its tables alone are recorded", e);
            return unread(uses, e, durably);
        }
    }

    private Optional<String> unread(StatementUses uses, Throwable cause, boolean durably) {
        try {
            return listener.unread(uses, "the planner's tree cannot be read: " + cause, durably);
        } catch (RuntimeException e) {
            LOG.warn("what a statement derives from is not recorded", e);
            return Optional.empty();
        }
    }
}
