package dev.weirhouse.catalog;

import dev.weirhouse.catalog.paimon.ReadLeases;
import java.util.Optional;

/**
 * The cut that a session's setting asks for, found when it is first needed and kept from expiring until another is asked
 * for. Used under the session's lock.
 */
final class SessionCut implements AutoCloseable {

    private final Cuts cuts;
    private String asked = "";
    private Optional<Cut> found = Optional.empty();
    private ReadLeases leases = ReadLeases.none();

    SessionCut(Cuts cuts) {
        this.cuts = cuts;
    }

    /**
     * What a value of the setting stands for: the same for each statement, until it is let go of.
     *
     * @throws WarehouseException CUT_NOT_READABLE, CUT_NOT_STRONG
     */
    Cut find(String value) {
        if (found.isEmpty() || !asked.equals(value)) {
            close();
            Cut cut = cuts.find(value);
            leases = cuts.hold(cut);
            asked = value;
            found = Optional.of(cut);
        }
        return found.get();
    }

    /** Lets go of it: who asks again for a flow wants its newest boundary. */
    @Override
    public void close() {
        found = Optional.empty();
        leases.close();
    }
}
