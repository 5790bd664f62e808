package dev.weirhouse.consistency;

import dev.weirhouse.catalog.TableChange;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which checks are due. Which changes of tables were checked, the results tell; what it remembers of that keeps it from asking
 * again, and from running again what is an error of no snapshot. Commits that come while a check runs are checked together by its next run. Used by one thread.
 */
final class CheckSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(CheckSchedule.class);

    private final Warehouse warehouse;
    private final CheckStore store;
    private final Map<Key, Optional<TableChange>> checked = new HashMap<>();

    /** A check, and not one of the same name that was declared later. */
    private record Key(String name, Instant declaredAt) {}

    CheckSchedule(Warehouse warehouse, CheckStore store) {
        this.warehouse = warehouse;
        this.store = store;
    }

    /** Begins checks. */
    @FunctionalInterface
    interface Starter {
        /** Begins a check, unless it runs already; whether it does now. */
        boolean start(Check check, CheckCause cause);
    }

    /** Has begun what is due. */
    void turn(Starter starter) {
        List<Check> all = store.all();
        Instant now = warehouse.clock().instant();
        Map<TableName, Optional<TableChange>> changes = new HashMap<>();
        for (Check check : all) {
            try {
                if (check.trigger().kind() == CheckTrigger.Kind.COMMITS) {
                    TableName table = check.table().orElseThrow();
                    afterCommits(check, changes.computeIfAbsent(table, warehouse::newestChange), starter);
                } else if (isDue(check, now)) {
                    if (!starter.start(check, CheckCause.SCHEDULE)) {
                        LOG.debug("check={} is due and runs already", check.name());
                    }
                }
            } catch (WarehouseException e) {
                LOG.debug("check={} does not begin", check.name(), e);
            } catch (RuntimeException e) {
                LOG.warn("check={} does not begin, and is tried again", check.name(), e);
            }
        }
        checked.keySet()
                .removeIf(key -> all.stream().noneMatch(check -> key(check).equals(key)));
    }

    private void afterCommits(Check check, Optional<TableChange> newest, Starter starter) {
        if (newest.equals(checked.get(key(check)))) {
            return;
        }
        if (isChecked(check, newest) || starter.start(check, CheckCause.COMMIT)) {
            checked.put(key(check), newest);
        }
    }

    /** Whether the newest result speaks of a table's newest change: of its snapshot, or of a later one that changed nothing. */
    private boolean isChecked(Check check, Optional<TableChange> newest) {
        List<CheckResult> results = store.newest(check.name(), 1);
        if (results.isEmpty()) {
            return false;
        }
        CheckResult result = results.get(0);
        if (newest.isEmpty()) {
            return result.state() != CheckState.RUNNING && result.snapshot().isEmpty();
        }
        return result.version().filter(newest.get().version()::equals).isPresent()
                && result.snapshot().orElse(0) >= newest.get().snapshot()
                && warehouse
                        .commits()
                        .snapshot(newest.get().version(), result.snapshot().orElse(0))
                        .filter(stored -> result.committedAt().orElse(0) == stored.committedAt())
                        .isPresent();
    }

    private boolean isDue(Check check, Instant now) {
        List<CheckResult> results = store.newest(check.name(), 1);
        if (results.isEmpty() && check.trigger().kind() == CheckTrigger.Kind.EVERY) {
            return true;
        }
        Instant last = results.isEmpty()
                ? check.declaredAt()
                : Instant.ofEpochMilli(results.get(0).startedAt());
        return check.trigger().next(last).filter(next -> !next.isAfter(now)).isPresent();
    }

    private static Key key(Check check) {
        return new Key(check.name(), check.declaredAt());
    }
}
