package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.StatementTree;
import java.util.List;
import java.util.Optional;

/** What a floor above keeps of the statements that pass the gate. */
public interface StatementListener {

    /** Keeps nothing. */
    StatementListener NONE = (trees, durably) -> Optional.empty();

    /**
     * Learns what a statement derives from what.
     *
     * @param durably whether that is to be on disk when this returns; otherwise nobody waits for it
     * @return a name for it, the same for all statements that derive the same from the same; empty when it cannot be told
     */
    Optional<String> compiled(List<StatementTree> trees, boolean durably);
}
