package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import dev.weirhouse.lineage.openlineage.EventText.Type;
import dev.weirhouse.lineage.openlineage.ToldRuns.Open;
import dev.weirhouse.lineage.openlineage.ToldRuns.Told;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * OpenLineage, opened: tells receivers of runs, and takes what foreign jobs tell of themselves.
 *
 * <ol>
 *   <li>Once a second the thread {@code openlineage} looks in the state store for runs that write and are not told of, or have
 *       gone on since: they began, they committed, they ended.
 *   <li>Their events are added to the {@link EventJournal}; then the store notes that they are told. Whoever dies in between
 *       tells them twice.
 *   <li>Each receiver has a thread that sends it what it has not taken yet, in order. One that does not take it is asked again
 *       after a pause, which doubles up to a minute.
 * </ol>
 *
 * Statements know nothing of this, so none waits or fails. Queries, where they are told of, are the exception from the second
 * step: they are not in the store any more, so those of the last second may be lost with the process.
 */
public final class OpenLineage implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenLineage.class);

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Runs that are told of at once. */
    private static final int AT_ONCE = 200;

    /** How long the end of a run waits for commits that come late. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    /** Queries that wait to be told of; beyond that they are dropped. */
    private static final int MOST_QUERIES = 10_000;

    private static final long CLOSE_MILLIS = 15_000;

    private final Clock clock;
    private final OpenLineageConfig config;
    private final Warehouse warehouse;
    private final ToldRuns runs;
    private final EventText text;
    private final ForeignJobs foreign;
    private final List<Delivery> deliveries;
    private final Optional<EventJournal> journal;
    private final BlockingQueue<LoggedQuery> queries = new LinkedBlockingQueue<>(MOST_QUERIES);
    private final LongAdder lostQueries = new LongAdder();
    private final Thread looking = new Thread(this::look, "openlineage");
    private final List<Thread> delivering;
    private volatile boolean closing;
    private volatile boolean looked;

    private OpenLineage(Warehouse warehouse, OpenLineageConfig config, List<EventReceiver> receivers) {
        this.warehouse = requireNonNull(warehouse, "warehouse is null");
        this.config = requireNonNull(config, "config is null");
        clock = warehouse.clock();
        DatasetNames names = DatasetNames.of(warehouse, config);
        runs = new ToldRuns(warehouse);
        text = new EventText(config, names, new TableFacts(warehouse.metadata()));
        foreign = new ForeignJobs(warehouse, names, config.namespace());
        journal = receivers.isEmpty()
                ? Optional.empty()
                : Optional.of(journal(
                        warehouse.config().home().resolve("openlineage"),
                        config,
                        receivers.stream().map(EventReceiver::name).toList()));
        deliveries = receivers.stream()
                .map(receiver -> new Delivery(receiver, journal.orElseThrow()))
                .toList();
        delivering = deliveries.stream()
                .map(delivery -> new Thread(() -> deliver(delivery), "openlineage-" + delivery.receiver()))
                .toList();
    }

    private static EventJournal journal(Path folder, OpenLineageConfig config, List<String> receivers) {
        try {
            return EventJournal.open(folder, config.journalSize().bytes(), receivers);
        } catch (IOException e) {
            throw new UncheckedIOException("The journal of events in " + folder + " does not open.", e);
        }
    }

    /**
     * Opens OpenLineage over a warehouse.
     *
     * @throws dev.weirhouse.catalog.WarehouseException CONFIG_INVALID for a receiver whose library is missing
     */
    public static OpenLineage open(Warehouse warehouse, OpenLineageConfig config) {
        OpenLineage opened = new OpenLineage(warehouse, config, Receivers.of(config));
        if (opened.deliveries.isEmpty()) {
            opened.runs.end();
            return opened;
        }
        opened.runs.begin(opened.clock.millis());
        if (config.queries()) {
            warehouse.queries().tell(opened::add);
        }
        opened.begin(opened.looking);
        opened.delivering.forEach(opened::begin);
        return opened;
    }

    private void begin(Thread thread) {
        thread.setDaemon(true);
        // One asks the catalog, whose libraries remember the class loader of the thread that asks.
        thread.setContextClassLoader(OpenLineage.class.getClassLoader());
        thread.start();
    }

    /** Jobs outside the warehouse. */
    public ForeignJobs foreign() {
        return foreign;
    }

    /** How the receivers are served. */
    public List<Delivery> deliveries() {
        return deliveries;
    }

    /** How many queries were not told of because too many waited. */
    public long lostQueries() {
        return lostQueries.sum();
    }

    private void add(List<LoggedQuery> over) {
        for (LoggedQuery query : over) {
            if (query.kind() == StatementKind.QUERY && query.derivation().isPresent() && !queries.offer(query)) {
                lostQueries.increment();
            }
        }
    }

    private void look() {
        boolean last = false;
        while (!last) {
            last = closing;
            try {
                tellBegun();
                tellOpen();
                tellQueries();
            } catch (RuntimeException | IOException | Error e) {
                // Also an error: nobody would be told of anything any more.
                LOG.warn("receivers are told in {}", LOOK, e);
            }
            if (!last && !pause()) {
                return;
            }
        }
    }

    private void deliver(Delivery delivery) {
        boolean last = false;
        while (!last) {
            last = looked;
            try {
                delivery.deliver(clock.millis());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                LOG.warn("receiver={} is told in {}", delivery.receiver(), LOOK, e);
            }
            if (!last && !pause()) {
                return;
            }
        }
    }

    /** False when the thread is to end. */
    private synchronized boolean pause() {
        try {
            if (!closing) {
                wait(LOOK.toMillis());
            } else if (!looked) {
                wait(LOOK.toMillis() / 10);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void tellBegun() throws IOException {
        while (true) {
            List<String> ids = runs.untold(AT_ONCE);
            List<String> events = new ArrayList<>();
            List<Told> told = new ArrayList<>();
            long newest = 0;
            for (String id : ids) {
                Optional<RunFacts> run = runs.facts(id, List.of());
                if (run.isPresent()) {
                    Instant began = Instant.ofEpochMilli(run.get().startedAt());
                    // Its commits are told of when it goes on or ends.
                    boolean isTold = write(Type.START, run.get().beginning(), began, events);
                    told.add(new Told(id, isTold, clock.millis(), List.of()));
                    newest = Math.max(newest, run.get().startedAt());
                }
            }
            tell(events, told);
            runs.passed(newest);
            if (ids.size() < AT_ONCE) {
                return;
            }
        }
    }

    private void tellOpen() throws IOException {
        List<Open> open = runs.open();
        if (open.stream().anyMatch(each -> each.state() != RunState.RUNNING && !each.settled())) {
            warehouse.commits().look();
            open = runs.open();
        }
        List<String> events = new ArrayList<>();
        List<Told> told = new ArrayList<>();
        for (Open each : open) {
            boolean over = each.state() != RunState.RUNNING;
            boolean isDue = over
                    ? each.settled() || each.finishedAt().orElse(0) + SETTLED.toMillis() <= clock.millis()
                    : each.toldAt() + config.runningInterval().toMillis() <= clock.millis();
            if (!isDue) {
                continue;
            }
            Optional<RunFacts> run = runs.facts(each.run(), each.written());
            if (run.isEmpty()) {
                continue;
            }
            if (over) {
                Instant ended = Instant.ofEpochMilli(run.get().finishedAt().orElse(clock.millis()));
                write(Type.end(run.get()), run.get(), ended, events);
                told.add(new Told(each.run(), false, clock.millis(), List.of()));
            } else if (run.get().streams() && !run.get().written().equals(each.written())) {
                write(Type.RUNNING, run.get(), clock.instant(), events);
                told.add(new Told(each.run(), true, clock.millis(), run.get().written()));
            }
            if (events.size() >= AT_ONCE) {
                tell(events, told);
                events.clear();
                told.clear();
            }
        }
        tell(events, told);
    }

    /** One run that cannot be told of keeps no other from being told. */
    private boolean write(Type type, RunFacts run, Instant at, List<String> events) {
        try {
            events.add(text.write(type, run, at));
            return true;
        } catch (RuntimeException e) {
            LOG.error("run={} receivers are not told of its {}", run.id(), type, e);
            return false;
        }
    }

    private void tell(List<String> events, List<Told> told) throws IOException {
        journal.orElseThrow().add(events);
        if (!told.isEmpty()) {
            runs.told(told);
        }
    }

    private void tellQueries() throws IOException {
        List<LoggedQuery> some = new ArrayList<>();
        while (queries.drainTo(some, AT_ONCE) > 0) {
            List<String> events = new ArrayList<>();
            for (LoggedQuery query : some) {
                try {
                    RunFacts run = runs.facts(query);
                    write(Type.START, run, Instant.ofEpochMilli(query.startedAt()), events);
                    write(Type.end(run), run, Instant.ofEpochMilli(query.finishedAt()), events);
                } catch (JdbiException e) {
                    lostQueries.increment();
                    LOG.warn("query={} is not told of", query.id(), e);
                }
            }
            journal.orElseThrow().add(events);
            some.clear();
        }
    }

    /** Tells what there is to tell, once more; what a receiver does not take then waits for the next process. */
    @Override
    public void close() {
        if (journal.isEmpty()) {
            return;
        }
        warehouse.queries().tell(over -> {});
        wake(() -> closing = true);
        end(List.of(looking));
        wake(() -> looked = true);
        end(delivering);
        deliveries.forEach(Delivery::close);
        journal.ifPresent(EventJournal::close);
    }

    private synchronized void wake(Runnable change) {
        change.run();
        notifyAll();
    }

    private static void end(List<Thread> threads) {
        long until = System.currentTimeMillis() + CLOSE_MILLIS;
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, until - System.currentTimeMillis()));
            }
            for (Thread thread : threads) {
                thread.interrupt();
                thread.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
