package dev.weirhouse.olap.duckdb;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.RecordedRun;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.CutTables;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.RecentlyUsed;
import dev.weirhouse.olap.arrow.ColumnarAnswer;
import dev.weirhouse.olap.flink.NativePlan;
import dev.weirhouse.olap.flink.NotNative;
import dev.weirhouse.olap.flink.QueryShape;
import dev.weirhouse.olap.flink.QueryShapes.Shaped;
import dev.weirhouse.olap.flink.ScanSql;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.olap.paimon.TableHeads;
import dev.weirhouse.olap.paimon.TableHeads.Head;
import dev.weirhouse.olap.paimon.Wanted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes queries in the native engine.
 *
 * <ol>
 *   <li>Each table that the query reads is fixed to its newest snapshot, or to the moment that the query names.
 *   <li>Its files at that snapshot are found, or made; they stay until the query has been computed.
 *   <li>The engine computes the whole answer, unless an answer is known that was computed of the same.
 *   <li>If it cannot, it computes it once more with decimals of all their digits, where they had fewer; if it then cannot,
 *       Flink is asked. If it dies, the query is run once more, and after that on Flink, and queries of its
 *       kind are barred from here on.
 * </ol>
 *
 * <p>Thread-safe.
 */
public final class NativeLane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLane.class);

    /** What the engine is given when nothing is left: it says itself that time is up. */
    private static final Duration LEAST_TIME = Duration.ofMillis(1);

    /** How often a query may be under way when the engine dies before it is taken for the cause. */
    private static final int MOST_DEATHS = 2;

    /** How long a death is remembered: it may have had another cause. */
    private static final Duration REMEMBERED_FOR = Duration.ofHours(1);

    /** Kinds of queries that were under way when the engine died, with the lives that they met the end of. */
    private static final int REMEMBERED = 1_000;

    private final NativeEngine engine;
    private final TableFiles files;
    private final BufferAllocator allocator;
    private final ResultCache results;
    private final RecentlyUsed<String, Map<Long, Instant>> deaths = new RecentlyUsed<>(REMEMBERED);

    private final Clock clock;

    /** Shapes that met a value which needs decimals of more digits than 64 bits hold. */
    private final RecentlyUsed<String, Boolean> inAllDigits = new RecentlyUsed<>(REMEMBERED);

    /**
     * Starts the engine.
     *
     * @param tables the local folders of tables, by the address that Paimon knows each under
     * @param memory bytes for answers on their way to their readers
     * @param leases keep what is read from expiring
     * @return empty when the configuration wants none
     * @throws WarehouseException NATIVE_ENGINE_NOT_STARTED
     */
    public static Optional<NativeLane> open(
            NativeConfig config, Path home, Map<String, Path> tables, long memory, SnapshotLeases leases, Clock clock) {
        if (!config.enabled()) {
            return Optional.empty();
        }
        Path cache = home.resolve("cache").resolve("native");
        TableFiles files = new TableFiles(cache, config.cacheSize().bytes(), tables, leases);
        List<Path> readable = new ArrayList<>(tables.values());
        readable.add(cache);
        NativeEngine engine = NativeEngine.start(
                config,
                new NativeFolders(home.resolve("tmp").resolve("native"), home.resolve("logs"), readable),
                clock);
        return Optional.of(new NativeLane(
                engine, files, new ResultCache(config.resultCacheSize().bytes()), memory, clock));
    }

    NativeLane(NativeEngine engine, TableFiles files, ResultCache results, long memory, Clock clock) {
        this.clock = requireNonNull(clock, "clock is null");
        this.engine = requireNonNull(engine, "engine is null");
        this.files = requireNonNull(files, "files are null");
        this.results = requireNonNull(results, "results are null");
        this.allocator = new RootAllocator(memory);
    }

    /** What came of a query. */
    public sealed interface Outcome {

        /** It was computed. */
        record Answered(ColumnarAnswer answer) implements Outcome {}

        /** It was not: Flink is to be asked. */
        record Declined(String reason, boolean passing) implements Outcome {}
    }

    /**
     * A query on its way here.
     *
     * @param kind what it has in common with those that differ from it in values alone
     * @param cacheScope whose answers may be given for it again; empty when it is to be computed
     * @param cut that the tables are read at; empty for what is newest of each
     * @param record records its run once the engine has answered or refused it, given the cut; what Flink computes in the
     *     end is recorded there
     */
    public record Task(
            String kind,
            Shaped shaped,
            Optional<String> cacheScope,
            Duration timeout,
            Function<List<TableRead>, Optional<Cut>> cut,
            Function<String, RecordedRun> record) {}

    /**
     * Computes a query.
     *
     * @throws WarehouseException when it was cancelled, took too long or found no room
     */
    public Outcome run(Task task, NativeCancellation cancellation) {
        int losses = 0;
        long begun = System.nanoTime();
        Wanted wanted = () -> !cancellation.isCancelled()
                && System.nanoTime() - begun < task.timeout().toNanos();
        while (true) {
            if (losses >= MOST_DEATHS || barred(task.kind()).isPresent()) {
                return new Outcome.Declined(barred(), true);
            }
            Moment moment;
            try {
                moment = moment(task.shaped().shape(), task.cut());
            } catch (WarehouseException e) {
                task.record().apply("").failed(e);
                throw e;
            } catch (RuntimeException e) {
                return unread(e);
            }
            Optional<String> key = task.cacheScope()
                    .filter(scope -> task.shaped().isRepeatable())
                    .map(scope ->
                            scope + '\n' + task.shaped().key() + '\n' + values(task.shaped()) + moment.identity());
            Optional<byte[]> known = key.flatMap(results::find);
            if (known.isPresent()) {
                return new Outcome.Answered(
                        answer(task, moment.cut(), NativeAnswer.read(ByteBuffer.wrap(known.get()), allocator)));
            }
            boolean inFull = needsAllDigits(task);
            try (Located query = locate(task.shaped(), moment, inFull, Optional.of(wanted))) {
                NativeOutcome outcome;
                try {
                    outcome = engine.execute(
                            new NativeQuery(query.sql(), List.of(), left(task, begun)), allocator, cancellation);
                } catch (WarehouseException e) {
                    task.record().apply(moment.cut()).failed(e);
                    throw e;
                }
                if (outcome instanceof NativeOutcome.Answered answered) {
                    key.ifPresent(
                            name -> answered.answer().content().ifPresent(content -> results.keep(name, content)));
                    return new Outcome.Answered(answer(task, moment.cut(), answered.answer()));
                }
                String reason = reason(task, outcome);
                if (outcome instanceof NativeOutcome.Failed && !inFull) {
                    synchronized (inAllDigits) {
                        inAllDigits.put(task.shaped().key(), true);
                    }
                    continue;
                }
                if (!(outcome instanceof NativeOutcome.Lost)) {
                    return new Outcome.Declined(reason, outcome instanceof NativeOutcome.Unavailable);
                }
                losses++;
            } catch (NotNative e) {
                return new Outcome.Declined(e.getMessage(), false);
            } catch (Wanted.NoLongerException e) {
                WarehouseException ended =
                        cancellation.isCancelled() ? NativeEngine.cancelled() : NativeEngine.timedOut();
                task.record().apply(moment.cut()).failed(ended);
                throw ended;
            } catch (IOException | RuntimeException e) {
                if (e instanceof WarehouseException failure) {
                    throw failure;
                }
                return unread(e);
            }
        }
    }

    /** What is left of its time to a query; what is read for it takes from that. */
    private static Duration left(Task task, long begun) {
        Duration left = task.timeout().minusNanos(System.nanoTime() - begun);
        return left.compareTo(LEAST_TIME) > 0 ? left : LEAST_TIME;
    }

    private static Outcome unread(Exception e) {
        LOG.warn("a query is left to Flink, because its tables cannot be read natively", e);
        return new Outcome.Declined("its tables cannot be read natively: " + e.getMessage(), true);
    }

    /** Values of a key; each with its length, for a text may hold anything. */
    private static String values(Shaped shaped) {
        StringBuilder all = new StringBuilder();
        for (Object value : shaped.values()) {
            String text = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
            all.append(value == null ? "-" : value.getClass().getSimpleName())
                    .append(text.length())
                    .append(':')
                    .append(text)
                    .append('\n');
        }
        return all.toString();
    }

    private ColumnarAnswer answer(Task task, String cut, NativeAnswer computed) {
        try {
            return new NativeRows(
                    () -> task.record().apply(cut), task.shaped().shape().schema(), computed, allocator);
        } catch (RuntimeException e) {
            computed.close();
            throw e;
        }
    }

    private String reason(Task task, NativeOutcome outcome) {
        if (outcome instanceof NativeOutcome.Lost lost) {
            if (!lost.killed()) {
                synchronized (deaths) {
                    deaths.computeIfAbsent(task.kind(), kind -> new HashMap<>()).put(lost.life(), clock.instant());
                }
            }
            return lost.reason();
        }
        return outcome instanceof NativeOutcome.Failed failed
                ? "the engine says: " + failed.reason()
                : ((NativeOutcome.Unavailable) outcome).reason();
    }

    /** Why queries of a kind are kept from here; empty when they are not. */
    public Optional<String> barred(String kind) {
        synchronized (deaths) {
            Map<Long, Instant> met = deaths.getOrDefault(kind, new HashMap<>());
            Instant since = clock.instant().minus(REMEMBERED_FOR);
            met.values().removeIf(since::isAfter);
            return met.size() >= MOST_DEATHS ? Optional.of(barred()) : Optional.empty();
        }
    }

    private static String barred() {
        return "queries like it were under way " + MOST_DEATHS + " times within an hour when the native engine died";
    }

    private boolean needsAllDigits(Task task) {
        if (task.shaped().shape().plan().orElseThrow().wide().isEmpty()) {
            return true;
        }
        synchronized (inAllDigits) {
            return inAllDigits.get(task.shaped().key()) != null;
        }
    }

    /**
     * What a query's tables are now.
     *
     * @param heads for each place where a table is read the newest snapshot, or that which the place names; empty where it
     *     names a moment otherwise
     * @param cut as a run records it
     * @param identity what tells this moment from any other
     */
    private record Moment(List<Optional<Head>> heads, String cut, String identity) {}

    private static Moment moment(QueryShape shape, Function<List<TableRead>, Optional<Cut>> wanted) {
        Optional<Cut> strong = wanted.apply(shape.reads());
        Map<String, Head> heads = new HashMap<>();
        TreeSet<String> cut = new TreeSet<>();
        StringBuilder identity = new StringBuilder();
        List<Optional<Head>> places = new ArrayList<>();
        for (int i = 0; i < shape.reads().size(); i++) {
            TableRead read = shape.reads().get(i);
            // A table that is read twice is one table.
            Optional<Head> head = read.travels()
                    ? TableHeads.named(read)
                    : Optional.of(
                            heads.computeIfAbsent(read.name() + "=" + read.version(), name -> head(read, strong)));
            places.add(head);
            // A tag may be given to another snapshot.
            OptionalLong snapshot = head.isPresent()
                    ? OptionalLong.of(head.get().id())
                    : PaimonTables.moment(read.table(), read.options());
            cut.add(read.name() + "=" + read.version() + (snapshot.orElse(0) > 0 ? "@" + snapshot.getAsLong() : ""));
            identity.append(read.version())
                    .append('|')
                    .append(i < shape.schemas().size() ? shape.schemas().get(i) : "")
                    .append('|')
                    .append(head.map(Head::identity).orElse(snapshot.toString()))
                    .append('\n');
        }
        return new Moment(places, String.join(", ", cut), identity.toString());
    }

    private static Head head(TableRead read, Optional<Cut> strong) {
        if (strong.isEmpty() || WarehouseCatalog.isSystem(read.name().database())) {
            return TableHeads.newest(read);
        }
        Cut.Place place = strong.get().place(read.name());
        CutTables.check(strong.get(), place, read.version(), read.table());
        long snapshot = place.snapshot().orElseThrow();
        return TableHeads.at(read, snapshot).orElseThrow(() -> strong.get()
                .notReadable("its snapshot " + snapshot + " of " + read.version() + " is gone."));
    }

    /** @param wanted asked while files are made; empty to look only */
    private Located locate(Shaped shaped, Moment moment, boolean inFull, Optional<Wanted> wanted)
            throws NotNative, IOException {
        QueryShape shape = shaped.shape();
        NativePlan plan = shape.plan().orElseThrow();
        List<TableFiles.Reading> readings = new ArrayList<>();
        try {
            List<String> relations = new ArrayList<>();
            List<Object> parameters = NativePlan.parameters(shape.openTypes(), shaped.values());
            for (int i = 0; i < shape.reads().size(); i++) {
                NativePlan.Scan scan = plan.scans().get(i);
                TableRead read = shape.reads().get(i);
                Optional<Head> head = moment.heads().get(i);
                TableFiles.Reading reading = wanted.isEmpty()
                        ? files.look(read, head, ScanSql.columns(scan), scan.conditions(), parameters)
                        : files.read(read, head, ScanSql.columns(scan), scan.conditions(), parameters, wanted.get());
                readings.add(reading);
                relations.add(reading.sql());
            }
            String sql = ScanSql.sql(plan, plan.sql(inFull, shape.openTypes(), shaped.values()), relations);
            return new Located(sql, readings);
        } catch (NotNative | IOException | RuntimeException e) {
            readings.forEach(TableFiles.Reading::close);
            throw e;
        }
    }

    /**
     * A query with the files of its tables; they stay until it is closed.
     *
     * @param sql for the engine
     */
    private record Located(String sql, List<TableFiles.Reading> readings) implements AutoCloseable {
        @Override
        public void close() {
            readings.forEach(TableFiles.Reading::close);
        }
    }

    /** What EXPLAIN says of a query that would be computed here now. */
    public String explain(Shaped shaped, Function<List<TableRead>, Optional<Cut>> cut) {
        try {
            return explain(shaped, moment(shaped.shape(), cut));
        } catch (NotNative e) {
            return "but not with these values: " + e.getMessage() + '\n';
        } catch (IOException | RuntimeException e) {
            return "but its tables cannot be read: " + e.getMessage() + '\n';
        }
    }

    private String explain(Shaped shaped, Moment moment) throws NotNative, IOException {
        try (Located query = locate(shaped, moment, false, Optional.empty())) {
            StringBuilder text = new StringBuilder("cut: ")
                    .append(moment.cut().isEmpty() ? "no tables" : moment.cut())
                    .append('\n');
            for (int i = 0; i < query.readings().size(); i++) {
                text.append(NativePlan.name(i))
                        .append(": ")
                        .append(shaped.shape().reads().get(i).name())
                        .append(", ")
                        .append(query.readings().get(i).summary())
                        .append('\n');
            }
            return text.append("\n== Native Plan ==\n")
                    .append(shaped.shape()
                            .plan()
                            .orElseThrow()
                            .sql(false, shaped.shape().openTypes(), shaped.values()))
                    .append('\n')
                    .toString();
        }
    }

    /** What the engine counts. */
    public NativeStats stats() {
        return engine.stats();
    }

    /** How many answers were given again. */
    public long resultCacheHits() {
        return results.hits();
    }

    /** How many answers that might have been given again had to be computed. */
    public long resultCacheMisses() {
        return results.misses();
    }

    /** What the answers that may be given again take. */
    public long resultCacheBytes() {
        return results.bytes();
    }

    public TableFiles files() {
        return files;
    }

    @Override
    public void close() {
        engine.close();
        try {
            allocator.close();
        } catch (IllegalStateException e) {
            LOG.warn("answers were left open: {}", e.getMessage());
        }
    }
}
