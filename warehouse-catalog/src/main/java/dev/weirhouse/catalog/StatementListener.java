package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.StatementTree;
import java.util.List;
import java.util.Optional;

/** What a floor above keeps of the statements that pass the gate. */
public interface StatementListener {

    /** Keeps nothing. */
    StatementListener NONE = new StatementListener() {
        @Override
        public Optional<String> compiled(List<StatementTree> trees, boolean durably) {
            return Optional.empty();
        }

        @Override
        public Optional<String> unread(StatementUses uses, String reason, boolean durably) {
            return Optional.empty();
        }
    };

    /**
     * Learns what a statement derives from what.
     *
     * @param durably whether that is to be on disk when this returns; otherwise nobody waits for it
     * @return a name for it, the same for all statements that derive the same from the same; empty when it reads nothing
     */
    Optional<String> compiled(List<StatementTree> trees, boolean durably);

    /**
     * Learns of a statement whose trees cannot be told: all that it writes may derive from all that it reads.
     *
     * @param reason why, without a capital letter
     * @return as {@link #compiled}
     */
    Optional<String> unread(StatementUses uses, String reason, boolean durably);
}
