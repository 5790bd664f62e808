package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.CatalogMetadata;
import dev.weirhouse.catalog.Consistency;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.QueryText;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.duckdb.NativeCancellation;
import dev.weirhouse.olap.flink.QueryShapes.Known;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One client's session: its settings, its prepared statements and its queries. Safe for several threads; statements
 * that are parsed or started wait for each other, answers are read side by side.
 */
public final class OlapSession {

    /** Flink's setting for the session's time zone, and the word by which it means the machine's own. */
    private static final String TIME_ZONE = "table.local-time-zone";

    private static final String MACHINE_TIME_ZONE = "default";

    /** The setting by which a session wants each answer computed anew. */
    private static final String RESULT_CACHE = "olap.result-cache";

    /** How long a session waits for a client that never came back with its secret, or went away. */
    private static final Duration UNCLAIMED_TIMEOUT = Duration.ofMinutes(1);

    private final Session session;
    private final String secret;
    private final Handles handles;
    private final OlapGateway gateway;
    private final Semaphore places;
    private final QueryRouter router;
    private final Map<String, OlapStatement> statements;
    private final Map<String, OlapQuery> queries = new ConcurrentHashMap<>();
    private final Set<Preparation> preparations = ConcurrentHashMap.newKeySet();
    private final OlapQuery.Host host = new QueryHost();
    private volatile Instant lastUsed;
    private volatile boolean claimed;
    private boolean closed;

    private volatile Choices choices = new Choices("", LaneChoice.AUTO, Consistency.LATEST, true, MACHINE_TIME_ZONE);

    /** What the session says of its queries and answers, read when its context was this; reading takes a millisecond. */
    private record Choices(String context, LaneChoice lane, Consistency consistency, boolean cached, String timeZone) {}

    OlapSession(Session session, Handles handles, OlapGateway gateway, QueryRouter router, Semaphore places) {
        this.session = requireNonNull(session, "session is null");
        this.handles = requireNonNull(handles, "handles are null");
        this.gateway = requireNonNull(gateway, "gateway is null");
        this.router = requireNonNull(router, "router is null");
        this.places = requireNonNull(places, "places are null");
        this.secret = handles.next();
        this.statements = new RecentlyUsed<>(gateway.config().maxStatements());
        this.lastUsed = gateway.now();
    }

    /** The id that {@code weir.sessions} shows. */
    public String id() {
        return session.id();
    }

    /** What the client proves itself with; whoever knows it is the client. */
    public String secret() {
        return secret;
    }

    public Caller caller() {
        return session.caller();
    }

    /** Notes that the client keeps the secret, so that the session waits for it as long as sessions do. */
    public void claim() {
        claimed = true;
        touch();
    }

    /** Notes that the client is gone: unless it shows the secret again soon, the session ends. */
    public void release() {
        touch();
        claimed = false;
    }

    void touch() {
        lastUsed = gateway.now();
    }

    public String currentDatabase() {
        return session.currentDatabase();
    }

    public void use(String database) {
        session.use(database);
    }

    /** What {@code SET} without arguments shows. */
    public Map<String, String> settings() {
        return session.settings();
    }

    public void set(String key, String value) {
        session.set(key, value);
    }

    /** Where the wall clock hangs that times of local zone are shown by. */
    public ZoneId timeZone() {
        String zone = choices().timeZone();
        try {
            return zone.equals(MACHINE_TIME_ZONE) ? ZoneId.systemDefault() : ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new WarehouseException(
                    CatalogError.SEMANTIC_ERROR,
                    "The setting " + TIME_ZONE + " names no time zone: '" + zone + "'. Use one such as Europe/Berlin.",
                    e);
        }
    }

    /** Names and types, read without running anything. */
    public CatalogMetadata metadata() {
        return session.metadata();
    }

    /** Parses and validates a statement and runs nothing. */
    public Prepared check(String sql) {
        checkOpen();
        Optional<Known> known =
                router.known(session, QueryText.of(sql), choices().lane());
        if (known.isPresent()) {
            return QueryRouter.prepared(sql, known.get());
        }
        host.admit();
        Preparation preparation =
                new Preparation(gateway.now(), gateway.config().queryTimeout());
        preparations.add(preparation);
        try {
            host.execute(() -> preparation.run(() -> session.prepare(sql), places::release));
        } catch (RuntimeException e) {
            preparations.remove(preparation);
            places.release();
            throw e;
        }
        if (isClosed()) {
            preparation.end(QueryEnd.CANCELLED);
        }
        try {
            return preparation.await();
        } finally {
            preparations.remove(preparation);
        }
    }

    /**
     * Prepares a statement and keeps it until it is closed, or until it is the one unused for longest of too many: the
     * stock driver closes only the last of the statements that one {@code java.sql.Statement} ran.
     */
    public OlapStatement prepare(String sql) {
        OlapStatement statement = new OlapStatement(handles.next(), check(sql));
        synchronized (this) {
            checkOpen();
            statements.put(statement.handle(), statement);
        }
        return statement;
    }

    /** The prepared statement of this handle. */
    public synchronized OlapStatement loadStatement(String handle) {
        OlapStatement statement = statements.get(handle);
        if (statement == null) {
            throw new WarehouseException(
                    OlapError.HANDLE_NOT_FOUND,
                    "This session does not hold that prepared statement any more: prepare it again, and if that"
                            + " happens often, raise olap.max-statements-per-session.");
        }
        return statement;
    }

    /** Lets a prepared statement go; what runs of it runs on. */
    public synchronized void forgetStatement(String handle) {
        statements.remove(handle);
    }

    /** Makes a query that runs when its answer is asked for, and counts its time from now. */
    public OlapQuery announce(Prepared prepared, List<?> parameters) {
        checkCount(prepared, parameters);
        return announce(prepared.sql(), () -> prepared, ignored -> parameters);
    }

    /**
     * Makes a query out of a text, which is prepared when the answer is asked for: as a part of the query, with its place
     * and in its time.
     *
     * @param parameters the values for the statement's markers, once these are known
     */
    public OlapQuery announce(String sql, Function<Prepared, List<?>> parameters) {
        return announce(sql, () -> session.prepare(sql), parameters);
    }

    private OlapQuery announce(String sql, Supplier<Prepared> preparation, Function<Prepared, List<?>> parameters) {
        Instant now = gateway.now();
        Start start = new Start(sql, preparation, parameters, now);
        return announce(now, start::lookUp, start::run);
    }

    /** How a query starts, on one thread after the other: what the first has found out, the second need not. */
    private final class Start {
        private final String sql;
        private final Supplier<Prepared> preparation;
        private final Function<Prepared, List<?>> parameters;
        private final Instant now;
        private final QueryText text;
        private Optional<Known> known = Optional.empty();

        /** @param preparation describes the statement, where its shape is not known */
        private Start(String sql, Supplier<Prepared> preparation, Function<Prepared, List<?>> parameters, Instant now) {
            this.sql = sql;
            this.preparation = preparation;
            this.parameters = parameters;
            this.now = now;
            this.text = QueryText.of(sql);
        }

        /** The rows of a query that is known to ask for them by their keys. */
        Optional<Answer> lookUp() {
            Choices said = choices();
            LaneChoice lane = said.lane();
            known = router.known(session, text, lane);
            return known.filter(found -> lane == LaneChoice.AUTO
                            && !said.consistency().strong()
                            && found.shape().point().isPresent())
                    .flatMap(found -> router.lookUp(request(), now));
        }

        Answer run(NativeCancellation cancellation) {
            return router.run(request(), cancellation, now);
        }

        private QueryRouter.Request request() {
            Prepared prepared =
                    known.map(found -> QueryRouter.prepared(sql, found)).orElseGet(preparation);
            List<?> values = parameters.apply(prepared);
            checkCount(prepared, values);
            Choices said = choices();
            return new QueryRouter.Request(
                    session,
                    prepared,
                    text,
                    known,
                    values,
                    said.lane(),
                    said.consistency(),
                    said.cached(),
                    gateway.config().queryTimeout());
        }
    }

    private Choices choices() {
        String context = session.context();
        Choices known = choices;
        if (!known.context().equals(context)) {
            Map<String, String> settings = session.settings();
            known = new Choices(
                    context,
                    LaneChoice.of(settings.getOrDefault(LaneChoice.KEY, LaneChoice.AUTO.toString())),
                    Consistency.parse(settings.getOrDefault(Consistency.SETTING, "latest")),
                    settings.getOrDefault(RESULT_CACHE, "on").equals("on"),
                    settings.getOrDefault(TIME_ZONE, MACHINE_TIME_ZONE));
            // The settings may be those of a later context already.
            if (session.context().equals(context)) {
                choices = known;
            }
        }
        return known;
    }

    private static void checkCount(Prepared prepared, List<?> parameters) {
        if (parameters.size() != prepared.parameters().size()) {
            throw new WarehouseException(
                    CatalogError.PARAMETER_MISMATCH,
                    "The statement has " + prepared.parameters().size() + " parameters, and " + parameters.size()
                            + " were bound.");
        }
    }

    private OlapQuery announce(
            Instant now, Supplier<Optional<Answer>> atOnce, Function<NativeCancellation, Answer> work) {
        if (queries.size() >= gateway.config().maxQueries()) {
            throw new WarehouseException(
                    OlapError.TOO_MANY_OPEN_ANSWERS,
                    "This session holds " + queries.size()
                            + " queries whose answers are not taken: read or cancel them,"
                            + " or raise olap.max-queries-per-session.");
        }
        OlapQuery query = new OlapQuery(
                handles.next(), atOnce, work, now, gateway.config().queryTimeout(), host);
        synchronized (this) {
            checkOpen();
            queries.put(query.handle(), query);
        }
        return query;
    }

    /** The announced or running query of this handle. */
    public OlapQuery loadQuery(String handle) {
        OlapQuery query = queries.get(handle);
        if (query == null) {
            throw new WarehouseException(
                    OlapError.HANDLE_NOT_FOUND, "This session has no such query, or its answer was taken before.");
        }
        return query;
    }

    synchronized boolean holds(String handle) {
        return statements.containsKey(handle) || queries.containsKey(handle);
    }

    /** Ends queries whose time is over; true when the session itself has been unused for too long. */
    boolean expire(Instant now) {
        for (OlapQuery query : queries.values()) {
            if (now.isAfter(query.deadline())) {
                query.end(QueryEnd.TIMED_OUT);
            }
        }
        for (Preparation preparation : preparations) {
            if (now.isAfter(preparation.deadline())) {
                preparation.end(QueryEnd.TIMED_OUT);
            }
        }
        Duration idle = gateway.config().sessionIdleTimeout();
        Duration patience = claimed || idle.compareTo(UNCLAIMED_TIMEOUT) < 0 ? idle : UNCLAIMED_TIMEOUT;
        return preparations.isEmpty()
                && queries.values().stream().noneMatch(OlapQuery::isActive)
                && now.isAfter(lastUsed.plus(patience));
    }

    /** Whether a query of it has not ended, or it was used within this time. */
    public synchronized boolean isInUse(Duration within) {
        return !preparations.isEmpty()
                || queries.values().stream().anyMatch(OlapQuery::isActive)
                || !gateway.now().isAfter(lastUsed.plus(within));
    }

    /** Whether the session has ended; it does not open again. */
    public synchronized boolean isClosed() {
        return closed;
    }

    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            statements.clear();
        }
        preparations.forEach(preparation -> preparation.end(QueryEnd.CANCELLED));
        queries.values().forEach(query -> query.end(QueryEnd.CANCELLED));
        session.close();
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw OlapGateway.sessionEnded();
        }
    }

    /** What queries need of their session. */
    private final class QueryHost implements OlapQuery.Host {
        @Override
        public void admit() {
            if (!places.tryAcquire()) {
                throw new WarehouseException(
                        OlapError.TOO_MANY_QUERIES,
                        gateway.config().maxRunningQueries()
                                + " statements are running: try again later, or raise olap.max-running-queries.");
            }
        }

        @Override
        public void execute(Runnable task) {
            gateway.execute(task);
        }

        @Override
        public void forget(OlapQuery query, boolean admitted) {
            queries.remove(query.handle());
            touch();
            if (admitted) {
                places.release();
            }
        }
    }
}
