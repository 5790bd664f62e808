package dev.weirhouse.catalog;

import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.queries.QueryLog;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunRow;
import dev.weirhouse.catalog.state.RunStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds the cut that a session asks for, and keeps what is read from expiring. Thread-safe. */
final class Cuts {

    private final RunStore runs;
    private final QueryLog queries;
    private final StrongCuts strong;
    private final SnapshotLeases leases;
    private final VersionedCatalog catalog;

    Cuts(RunStore runs, QueryLog queries, StrongCuts strong, SnapshotLeases leases, VersionedCatalog catalog) {
        this.runs = runs;
        this.queries = queries;
        this.strong = strong;
        this.leases = leases;
        this.catalog = catalog;
    }

    /** Those that are found by what the tables derive from. */
    StrongCuts strong() {
        return strong;
    }

    /**
     * The cut that a value of the setting means.
     *
     * @throws WarehouseException CUT_NOT_READABLE for a statement that is not known, CUT_NOT_STRONG for a flow without a common
     *     boundary
     */
    Cut find(String value) {
        Optional<String> flow = Cut.flow(value);
        if (flow.isPresent()) {
            return strong.ofFlow(flow.get());
        }
        Optional<String> query = Cut.query(value);
        return query.isPresent()
                ? ofQuery(query.get())
                : Cut.parse("The cut of '" + Cut.SETTING + "'", value, Optional.empty());
    }

    /** Keeps what a statement reads until it is let go of. */
    ReadLeases hold(List<TableRead> reads) {
        return ReadLeases.of(leases, reads);
    }

    /** Keeps what a session reads until it is let go of; what of it has expired is told by whoever reads it. */
    ReadLeases hold(Cut cut) {
        return ReadLeases.of(leases, cut, catalog);
    }

    private Cut ofQuery(String id) {
        runs.flush();
        String said = "The cut of the query " + id;
        // What runs or changed data is in the store, what is over and changed nothing in the log.
        Optional<RunRow> run = runs.find(id);
        if (run.isPresent()) {
            OptionalLong finished = run.get().finishedAt();
            return Cut.parse(
                    said,
                    run.get().cut(),
                    finished.isPresent() ? Optional.of(Instant.ofEpochMilli(finished.getAsLong())) : Optional.empty());
        }
        LoggedQuery query = queries.find(id)
                .orElseThrow(() -> new Cut(said, List.of(), Optional.empty(), Cut.SETTING, OptionalLong.empty())
                        .notReadable("no statement of this id is recorded, or not any more."));
        return Cut.parse(said, query.cut(), Optional.of(Instant.ofEpochMilli(query.finishedAt())));
    }
}
