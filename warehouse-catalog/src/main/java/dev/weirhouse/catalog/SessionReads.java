package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.flink.PlannerSession;
import dev.weirhouse.catalog.flink.StatementScope;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.paimon.TableRead;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * At which snapshots a session's statements read, as its settings {@link Cut#SETTING} and {@link Consistency#SETTING} say. The
 * cut that it asks for is found when it is first needed, and kept from expiring until another is asked for or the session
 * ends.
 *
 * <p>Thread-safe; the settings are read under the session's lock.
 */
final class SessionReads implements AutoCloseable {

    private final PlannerSession planner;
    private final Cuts cuts;
    private String asked = "";
    private Optional<Cut> found = Optional.empty();
    private ReadLeases leases = ReadLeases.none();
    private boolean ended;

    SessionReads(PlannerSession planner, Cuts cuts) {
        this.planner = planner;
        this.cuts = cuts;
    }

    /** The cut that the session asks for, as its setting says. */
    private Optional<String> asked() {
        return planner.setting(Cut.SETTING);
    }

    /** What the session asks of the tables of one query. */
    Consistency consistency() {
        return planner.setting(Consistency.SETTING).map(Consistency::parse).orElse(Consistency.LATEST);
    }

    /** A statement begins: a cut that the session asks for no more is let go of. */
    void begin() {
        if (asked().isEmpty()) {
            forget();
        }
    }

    /** A setting changes: who asks again for a flow wants its newest boundary. */
    void changes(String key) {
        if (key.equals(Cut.SETTING)) {
            forget();
        }
    }

    /** The scope of a statement that reads what the session asks for. */
    StatementScope scope() {
        Consistency consistency = consistency();
        return new StatementScope(() -> {
            requireYoung(consistency);
            return asked().map(this::find);
        });
    }

    /**
     * As {@link #scope()}; where the session asks for consistency, the tables of the statement decide about the cut.
     *
     * @throws WarehouseException CUT_NOT_STRONG, CUT_TOO_OLD, and what the compilation throws
     */
    StatementScope scope(Supplier<Compiled> compilation) {
        Consistency consistency = consistency();
        if (!consistency.strong() || asked().isPresent()) {
            return scope();
        }
        StatementScope latest = new StatementScope();
        checkRowChanges(latest.run(compilation));
        if (!latest.readElsewhere().isEmpty()) {
            throw new WarehouseException(
                    CatalogError.CUT_NOT_STRONG,
                    String.join(", ", latest.readElsewhere())
                            + " stands at no boundary of any flow: what it derives from is unknown.");
        }
        Optional<Cut> strong = strongCut(latest.tables().all(), consistency);
        return new StatementScope(() -> strong);
    }

    /**
     * The cut that a query reads to be consistent; empty when all of its tables name a moment, or there are none.
     *
     * @throws WarehouseException CUT_NOT_STRONG, CUT_TOO_OLD
     */
    Optional<Cut> strongCut(List<TableRead> reads, Consistency consistency) {
        Map<TableName, String> tables = new TreeMap<>(Comparator.comparing(TableName::toString));
        reads.stream()
                .filter(read -> !read.travels()
                        && !WarehouseCatalog.isSystem(read.name().database()))
                .forEach(read -> tables.put(read.name(), read.version()));
        if (tables.isEmpty()) {
            return Optional.empty();
        }
        requireYoung(consistency);
        return Optional.of(cuts.strong().of(tables, consistency));
    }

    /** A boundary that the session holds grows older; any other cut that it asks for by name is as old as it is. */
    private void requireYoung(Consistency consistency) {
        if (consistency.within().isPresent()) {
            asked().ifPresent(value -> {
                OptionalLong boundary = find(value).boundary();
                if (boundary.isPresent()) {
                    cuts.strong()
                            .requireYoung(
                                    Cut.flow(value).orElseThrow(),
                                    boundary.getAsLong(),
                                    consistency.within().get());
                }
            });
        }
    }

    /**
     * Rows are changed as they are now, and what they become must not come from how they were.
     *
     * @throws WarehouseException STATEMENT_NOT_ALLOWED
     */
    void checkRowChanges(Compiled compiled) {
        if (!compiled.changesRows()) {
            return;
        }
        String setting = asked().isPresent() ? Cut.SETTING : consistency().strong() ? Consistency.SETTING : "";
        if (!setting.isEmpty()) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_NOT_ALLOWED,
                    "UPDATE and DELETE change the newest rows, and the session reads others. RESET '" + setting
                            + "' first.");
        }
    }

    /** Which boundary the session holds, if it asks for a flow's: the setting's text says only the flow. */
    String boundary() {
        Optional<String> flow = asked().filter(value -> Cut.flow(value).isPresent());
        try {
            return flow.map(value -> find(value).said()).orElse("");
        } catch (WarehouseException e) {
            // The statement that reads will say so.
            return "none";
        }
    }

    /** What a value of the setting stands for: the same for each statement, until it is let go of. */
    private synchronized Cut find(String value) {
        if (found.isEmpty() || !asked.equals(value)) {
            forget();
            Cut cut = cuts.find(value);
            if (ended) {
                return cut;
            }
            leases = cuts.hold(cut);
            asked = value;
            found = Optional.of(cut);
        }
        return found.get();
    }

    private synchronized void forget() {
        found = Optional.empty();
        leases.close();
    }

    /** Lets go of what is kept; whoever reads on keeps it by himself. */
    @Override
    public synchronized void close() {
        ended = true;
        forget();
    }
}
