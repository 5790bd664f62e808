package dev.weirhouse.catalog.flink.flow;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.paimon.SnapshotPin;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.catalog.state.FlowStore.Boundary;
import dev.weirhouse.catalog.state.FlowStore.Flow;
import dev.weirhouse.catalog.state.FlowStore.Member;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.fs.Path;
import org.apache.paimon.table.FileStoreTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the boundaries of flows, and leads their jobs from one to the next.
 *
 * <ol>
 *   <li>A boundary is a snapshot of each root. One is set when an interval has passed and a root has a newer snapshot.
 *   <li>A job that stood at a boundary when a checkpoint was taken says so in its folder; the checkpoint's commits are where
 *       the tables that it writes stand at that boundary.
 *   <li>A job is sent to a boundary that all of the tables that it reads have reached, after the one that it has reached
 *       itself. One that is behind leaves some out; jobs that are behind leave out the same, for each prefers the number that
 *       more powers of two divide.
 *   <li>From the newest boundary that all tables of the flow have reached, and from where its jobs stand, snapshots do not
 *       expire.
 * </ol>
 *
 * <p>Dies anywhere: everything that it knows is in the store, in the folders and in the tables. Thread-safe.
 */
public final class FlowKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(FlowKeeper.class);

    /** How many boundaries before the newest common one are remembered. */
    private static final long REMEMBERED = 1_000;

    /** How often what may be forgotten is looked for, in boundaries. */
    private static final long FORGET_EVERY = 100;

    private final VersionedCatalog catalog;
    private final FlowStore store;
    private final Path flows;
    private final Clock clock;
    private final Map<String, WholeSnapshots> roots = new HashMap<>();
    private final Map<String, JobCommits> commits = new HashMap<>();
    private final Map<String, Pinned> pinned = new HashMap<>();
    private final Map<String, SnapshotPin> pins = new HashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();

    /** Up to which boundary a flow's snapshots are free to go, and when that was written, in milliseconds since 1970 UTC. */
    private record Pinned(long least, long at) {}

    /** @param warehouse where tables lie, as a URI */
    public FlowKeeper(VersionedCatalog catalog, FlowStore store, String warehouse, Clock clock) {
        this.catalog = catalog;
        this.store = store;
        this.flows = new Path(warehouse, "_flows");
        this.clock = clock;
    }

    /** The folder of a job while it belongs to a flow, as a URI; another flow of the same name has other folders. */
    public String folder(Flow flow, String jobId) {
        return new Path(new Path(flows, flow.name() + "-" + flow.createdAt()), jobId).toString();
    }

    /** Deletes what a job that belongs to a flow no more has left in its folder. */
    public void leave(Flow flow, Member member) {
        folder(flow, member).delete();
    }

    /** Why a table cannot be the root of a flow; empty when it can. */
    public Optional<String> whyNoRoot(TableName name) {
        return FlowTables.whyNoRoot(name, table(catalog.versionName(name)));
    }

    /** Why a job of a flow cannot write a table; empty when it can. */
    public Optional<String> whyNotWritten(TableName name) {
        return FlowTables.whyNotWritten(name, table(catalog.versionName(name)));
    }

    /** What keeps a flow from going on, by the flow's name. */
    public Map<String, String> problems() {
        return Map.copyOf(problems);
    }

    /**
     * Does once what is to be done now.
     *
     * @param leads whether this process acts for a job
     */
    public synchronized void turn(Predicate<String> leads) {
        List<Flow> all = store.all();
        letGo(all.stream().map(Flow::name).collect(Collectors.toSet()));
        for (Flow flow : all) {
            try {
                turn(flow, leads);
                problems.remove(flow.name());
            } catch (IOException | RuntimeException e) {
                if (!String.valueOf(e.getMessage()).equals(problems.put(flow.name(), String.valueOf(e.getMessage())))) {
                    LOG.warn("flow={} does not go on", flow.name(), e);
                }
            }
        }
        problems.keySet().removeIf(name -> store.find(name).isEmpty());
    }

    private void turn(Flow flow, Predicate<String> leads) throws IOException {
        OptionalLong newest = setBoundary(flow);
        if (newest.isEmpty()) {
            return;
        }
        List<Member> members = store.members(flow.name());
        Optional<Exception> problem = Optional.empty();
        for (Member member : members) {
            if (leads.test(member.jobId())) {
                try {
                    settle(flow, member);
                    lead(flow, member);
                } catch (IOException | RuntimeException e) {
                    // Those that do not derive from what this one writes go on.
                    problem = problem.or(() -> Optional.of(e));
                }
            }
        }
        pin(flow, members, members.stream().map(Member::jobId).anyMatch(leads));
        if (problem.isPresent()) {
            throw new IllegalStateException(problem.get().getMessage(), problem.get());
        }
    }

    /** The newest boundary after this; empty while none can be set. */
    private OptionalLong setBoundary(Flow flow) {
        // Before the roots are looked at: what they hold then is never before it, whoever has set it meanwhile.
        Optional<Boundary> newest = store.newest(flow.name());
        Map<String, Stand> then = newest.map(boundary -> store.places(flow.name(), boundary.number()))
                .orElse(Map.of());
        long looked = clock.millis();
        Map<String, Stand> now = new TreeMap<>();
        for (TableName root : flow.roots()) {
            String version = catalog.versionName(root);
            FileStoreTable table = table(version);
            FlowTables.whyNoRoot(root, table).ifPresent(why -> {
                throw new IllegalStateException(why);
            });
            Stand whole = roots.computeIfAbsent(flow.name() + "|" + version, key -> new WholeSnapshots())
                    .newest(table);
            now.put(version, notBefore(then.get(version), whole, table));
        }
        if (newest.isEmpty()) {
            store.add(flow.name(), 1, now, looked);
            return OptionalLong.of(1);
        }
        long number = newest.get().number();
        then.keySet().retainAll(now.keySet());
        long sinceConfirmed = clock.millis() - newest.get().confirmedAt();
        if (then.equals(now)) {
            if (2 * sinceConfirmed >= flow.interval().toMillis()) {
                store.confirm(flow.name(), number, looked);
            }
        } else if (clock.millis() - newest.get().createdAt() >= flow.interval().toMillis()) {
            for (Map.Entry<String, Stand> root : now.entrySet()) {
                requireOnlyAdded(root.getKey(), then.get(root.getKey()), root.getValue());
            }
            store.add(flow.name(), number + 1, now, looked);
            return OptionalLong.of(number + 1);
        }
        return OptionalLong.of(number);
    }

    /** Another process may have seen a newer whole snapshot than this one, which has begun to look later. */
    private static Stand notBefore(Stand then, Stand whole, FileStoreTable table) {
        return then != null && whole.snapshot() < then.snapshot() && FlowTables.isStill(table, then) ? then : whole;
    }

    /** What jobs do not hear of must not be in a boundary: theirs would no longer be what the root says. */
    private void requireOnlyAdded(String version, Stand then, Stand now) {
        if (then == null) {
            throw new IllegalStateException(
                    "a root stands for " + version + " now, and the flow's jobs read what it stood for before");
        }
        FileStoreTable table = table(version);
        requireStill("root", table, version, then);
        for (long id = then.snapshot() + 1; id <= now.snapshot(); id++) {
            if (PaimonTables.snapshot(table, id)
                    .filter(snapshot -> snapshot.commitKind() == CommitKind.OVERWRITE)
                    .isPresent()) {
                throw new IllegalStateException("the root " + version + " was overwritten at snapshot " + id
                        + ", which the flow's jobs do not hear of");
            }
        }
    }

    private static void requireStill(String what, FileStoreTable table, String version, Stand stood) {
        if (!FlowTables.isStill(table, stood)) {
            throw new IllegalStateException("the " + what + " " + version + " was rolled back behind its snapshot "
                    + stood.snapshot() + " of a boundary");
        }
    }

    /** Notes which boundaries the job's tables have reached. */
    private void settle(Flow flow, Member member) throws IOException {
        FlowFolder folder = folder(flow, member);
        Map<String, JobCommits> written = new TreeMap<>();
        for (Map.Entry<Long, Long> reached : folder.reached().entrySet()) {
            long checkpoint = reached.getKey();
            Map<String, Stand> stands = new TreeMap<>();
            boolean later = false;
            for (String version : member.writes().values()) {
                JobCommits found = written.computeIfAbsent(version, name -> commits(flow, member, name));
                later |= found.hasAfter(checkpoint);
                found.of(checkpoint).ifPresent(stand -> stands.put(version, stand));
            }
            if (stands.size() == new TreeSet<>(member.writes().values()).size()) {
                // Only now: a checkpoint of this number that is taken again was forgotten before it committed.
                if (reached.getValue().equals(folder.reached().get(checkpoint))) {
                    store.reached(member.flow(), reached.getValue(), stands);
                    folder.removeReached(checkpoint, reached.getValue());
                }
            } else if (later) {
                // It was never completed.
                folder.removeReached(checkpoint, reached.getValue());
            }
        }
    }

    private JobCommits commits(Flow flow, Member member, String version) {
        JobCommits known =
                commits.computeIfAbsent(member.jobId() + "|" + version, key -> new JobCommits(member.jobId()));
        FileStoreTable table = table(version);
        store.newestPlace(flow.name(), version).ifPresent(stood -> requireStill("table", table, version, stood));
        known.look(table);
        if (known.foreign().isPresent()) {
            throw new IllegalStateException("the table " + version + " was written at snapshot "
                    + known.foreign().getAsLong() + " by another than its job " + member.name());
        }
        return known;
    }

    /** Names the boundary that the job is to go to, once it has reached the one before. */
    private void lead(Flow flow, Member member) throws IOException {
        Set<String> inputs = new TreeSet<>(member.reads().values());
        Map<String, Long> progress = store.progress(member.flow());
        long stands = stands(member, progress);
        FlowFolder folder = folder(flow, member);
        Optional<FlowTarget> target = folder.target();
        if (target.isPresent() && target.get().boundary() > stands) {
            return;
        }
        // Of what was before it joined, nothing is kept for it.
        OptionalLong next = stands == 0
                ? store.common(member.flow(), inputs, 0)
                : preferred(store.commonAfter(member.flow(), inputs, stands));
        if (next.isPresent()) {
            Map<String, Long> places = new TreeMap<>();
            store.places(member.flow(), next.getAsLong())
                    .forEach((version, stand) -> places.put(version, stand.snapshot()));
            places.keySet().retainAll(inputs);
            folder.write(new FlowTarget(next.getAsLong(), places));
        }
    }

    /** The boundary that all tables of a job have reached; 0 for none. */
    private static long stands(Member member, Map<String, Long> progress) {
        return member.writes().values().stream()
                .mapToLong(version -> progress.getOrDefault(version, 0L))
                .min()
                .orElse(0);
    }

    /** Of those that more powers of two divide than others the last. */
    static OptionalLong preferred(List<Long> boundaries) {
        long best = 0;
        for (long boundary : boundaries) {
            if (best == 0 || Long.numberOfTrailingZeros(boundary) >= Long.numberOfTrailingZeros(best)) {
                best = boundary;
            }
        }
        return best == 0 ? OptionalLong.empty() : OptionalLong.of(best);
    }

    /**
     * Keeps the snapshots that somebody will read. Several processes may do so at once, for each finds the same.
     *
     * @param leads whether this process leads one of the jobs; if not, it only sees to it that what is kept is not forgotten
     */
    private void pin(Flow flow, List<Member> members, boolean leads) throws IOException {
        Map<String, Long> progress = store.progress(flow.name());
        long least = store.common(flow.name(), progress.keySet(), 0).orElse(1);
        for (Member member : members) {
            long stands = stands(member, progress);
            if (stands == 0) {
                // It is still on its way to its first.
                stands = folder(flow, member).target().map(FlowTarget::boundary).orElse(Long.MAX_VALUE);
            }
            least = Math.min(least, stands);
        }
        Pinned before = pinned.get(flow.name());
        long now = clock.millis();
        boolean isNew = before == null || leads && before.least() != least;
        if (!isNew && now - before.at() < SnapshotLeases.RENEW.toMillis()) {
            return;
        }
        store.placesFrom(flow.name(), least).forEach((version, snapshot) -> pins.computeIfAbsent(
                        flow.name() + "|" + version, key -> new SnapshotPin(table(version), pinName(flow.name())))
                .keep(Math.max(1, snapshot)));
        // Also what stands where it stood is written again: a table may forget consumers that are silent for long.
        pinned.put(flow.name(), new Pinned(least, now));
        if (least > REMEMBERED && (before == null || least / FORGET_EVERY > before.least() / FORGET_EVERY)) {
            store.forgetBefore(flow.name(), least - REMEMBERED);
        }
    }

    /** Lets go of what is kept for a flow that is no more. */
    public synchronized void unpin(String flow, Collection<String> versions) {
        versions.forEach(version ->
                catalog.ofVersion(version).ifPresent(table -> new SnapshotPin(table, pinName(flow)).release()));
        letGo(flow);
    }

    /** Of flows that another process has dropped, which cannot know what this one pinned meanwhile. */
    private void letGo(Set<String> known) {
        for (String flow : Set.copyOf(pinned.keySet())) {
            if (!known.contains(flow)) {
                try {
                    letGo(flow);
                } catch (UncheckedIOException e) {
                    LOG.warn("flow={} its snapshots are kept still", flow, e);
                }
            }
        }
    }

    private void letGo(String flow) {
        String prefix = flow + "|";
        pins.forEach((key, pin) -> {
            if (key.startsWith(prefix)) {
                pin.release();
            }
        });
        pins.keySet().removeIf(key -> key.startsWith(prefix));
        roots.keySet().removeIf(key -> key.startsWith(prefix));
        pinned.remove(flow);
    }

    private static String pinName(String flow) {
        return "weir-flow-" + flow;
    }

    private FlowFolder folder(Flow flow, Member member) {
        List<String> versions = new ArrayList<>(member.writes().values());
        return new FlowFolder(table(versions.get(0)).fileIO(), new Path(folder(flow, member.jobId())));
    }

    private FileStoreTable table(String version) {
        return catalog.ofVersion(version)
                .orElseThrow(() -> new IllegalStateException("the table " + version + " is not there any more"));
    }
}
