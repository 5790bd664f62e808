package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.flink.QueryShapes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open sessions of the OLAP lane. Safe for several threads.
 *
 * <p>Once a second it ends queries that took too long and closes sessions that were not used for too long, by the clock
 * that it was given.
 */
public final class OlapGateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OlapGateway.class);

    private static final long SWEEP_SECONDS = 1;

    private final Gate gate;
    private final OlapConfig config;
    private final Clock clock;
    private final Handles handles = new Handles();
    private final QueryRouter router;
    private final Semaphore places;
    private final Semaphore rooms;
    private final Map<String, OlapSession> sessions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService sweeper;
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService planners;
    private volatile boolean closed;

    /** @param lanes the caller closes them, after this */
    public OlapGateway(Gate gate, OlapConfig config, OlapLanes lanes, Clock clock) {
        this.gate = requireNonNull(gate, "gate is null");
        this.config = requireNonNull(config, "config is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.router = new QueryRouter(lanes, new QueryShapes(config.maxShapes()));
        this.places = new Semaphore(config.maxRunningQueries());
        this.rooms = new Semaphore(config.maxSessions());
        this.sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "weir-olap-sweeper");
            thread.setDaemon(true);
            return thread;
        });
        // As many at once as there are places: whoever comes here holds one.
        this.planners = Executors.newCachedThreadPool(this::plannerThread);
        // Nobody waits for the sweeps; each reports its own failures.
        Future<?> unused = sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Opens a session.
     *
     * @param database where its names are looked up first; empty for the default
     * @param settings what is set before its first statement
     */
    public OlapSession open(Caller caller, Optional<String> database, Map<String, String> settings) {
        checkOpen();
        if (!rooms.tryAcquire()) {
            throw new WarehouseException(
                    CatalogError.TOO_MANY_SESSIONS,
                    config.maxSessions() + " sessions are open: close some connections, or raise olap.max-sessions.");
        }
        OlapSession session = null;
        try {
            session = new OlapSession(gate.open(caller, Gate.Mode.BATCH), handles, this, router, places);
            settings.forEach(session::set);
            database.ifPresent(session::use);
        } catch (RuntimeException e) {
            if (session != null) {
                session.close();
            }
            rooms.release();
            throw e;
        }
        sessions.put(session.secret(), session);
        if (closed) {
            close(session);
            checkOpen();
        }
        LOG.info("session={} principal={} source={} opened", session.id(), caller.principal(), caller.source());
        return session;
    }

    /** The session whose client shows this secret. */
    public OlapSession load(String secret) {
        OlapSession session = sessions.get(secret);
        if (session == null) {
            throw sessionEnded();
        }
        session.claim();
        return session;
    }

    /** The session that gave out this handle of a statement or query. */
    public Optional<OlapSession> findByHandle(String handle) {
        Optional<OlapSession> found = sessions.values().stream()
                .filter(session -> session.holds(handle))
                .findFirst();
        found.ifPresent(OlapSession::touch);
        return found;
    }

    /** The open sessions, in no order. */
    public List<OlapSession> sessions() {
        return List.copyOf(sessions.values());
    }

    /** How many statements run now. */
    public int runningQueries() {
        return config.maxRunningQueries() - places.availablePermits();
    }

    /** How many queries were looked up by key. */
    public long queriesLookedUp() {
        return router.lookedUp();
    }

    /** How many queries were computed natively. */
    public long queriesComputedNatively() {
        return router.computedNatively();
    }

    /** How many queries Flink computed. */
    public long queriesComputedOnFlink() {
        return router.computedOnFlink();
    }

    /** What computes queries beside Flink. */
    public OlapLanes lanes() {
        return router.lanes();
    }

    /** The kinds of queries that are known. */
    public QueryShapes shapes() {
        return router.shapes();
    }

    /** Closes a session and cancels what it runs; a session that is closed already stays so. */
    public void close(OlapSession session) {
        if (sessions.remove(session.secret()) != null) {
            try {
                session.close();
            } finally {
                rooms.release();
            }
            LOG.info("session={} closed", session.id());
        }
    }

    /** Ends what is over by the clock. */
    void sweep() {
        Instant now = now();
        for (OlapSession session : sessions.values()) {
            try {
                if (session.expire(now)) {
                    close(session);
                }
            } catch (RuntimeException e) {
                LOG.warn("session={} could not be swept", session.id(), e);
            }
        }
    }

    /** Runs what plans or starts a statement, for somebody who holds a place. */
    void execute(Runnable task) {
        try {
            planners.execute(task);
        } catch (RejectedExecutionException e) {
            throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is shutting down.", e);
        }
    }

    private Thread plannerThread(Runnable task) {
        Thread thread = new Thread(task, "weir-olap-planner-" + threads.incrementAndGet());
        thread.setDaemon(true);
        // Doors bring threads with loaders of their own; Hive and Flink look for theirs.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    OlapConfig config() {
        return config;
    }

    Instant now() {
        return clock.instant();
    }

    static WarehouseException sessionEnded() {
        return new WarehouseException(
                CatalogError.SESSION_NOT_FOUND, "This session has ended, by idleness or a restart: connect again.");
    }

    private void checkOpen() {
        if (closed) {
            throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is shutting down.");
        }
    }

    /** Closes all sessions, which cancels what they run. */
    @Override
    public void close() {
        closed = true;
        sweeper.shutdownNow();
        for (OlapSession session : sessions()) {
            try {
                close(session);
            } catch (RuntimeException e) {
                LOG.warn("session={} could not be closed", session.id(), e);
            }
        }
        planners.shutdown();
    }
}
