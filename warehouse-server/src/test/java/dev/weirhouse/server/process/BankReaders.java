package dev.weirhouse.server.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.bench.Bank;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.cli.ApiFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Clients that read the bank over HTTP until they are closed, each in sessions that are opened anew whenever the process has
 * ended. Most of the time they read the total under <i>strong</i> as anybody does, where an answer of the same cut may come out of
 * the result cache; now and then the sums of all tables past the cache, now and then those under <i>latest</i>, and now and then
 * what a batch makes of a cut.
 */
final class BankReaders implements AutoCloseable {

    private static final int READERS = 8;
    private static final int LATEST_EACH = 50;
    private static final int COMPUTED_EACH = 50;
    private static final int RECOMPUTED_EACH = 350;
    private static final int DASHBOARD_EACH = 350;

    /** Queries that tell the same number, of transfers, when they are of one moment. */
    private static final List<String> DASHBOARD = List.of(
            "SELECT COUNT(*) FROM bank.transfers",
            "SELECT COALESCE(SUM(amount), 0) FROM bank.credits",
            "SELECT COALESCE(SUM(amount), 0) FROM bank.debits",
            "SELECT COALESCE(SUM(balance), 0) + (SELECT COUNT(*) FROM bank.transfers) FROM bank.balances");

    /** In a cut: a version and its snapshot. */
    private static final Pattern SNAPSHOT = Pattern.compile("=([^@,]+)@(\\d+)");

    /** In a row of {@link Bank#TOTAL}. */
    private static final int TOTALS = 3;

    /** In a row of {@link Bank#SUMS}. */
    private static final int TRANSFERS = 4;

    private final ApiClient api;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean reading = new AtomicBoolean(true);
    private final AtomicLong strong = new AtomicLong();
    private final AtomicLong computed = new AtomicLong();
    private final AtomicLong dashboards = new AtomicLong();
    private final AtomicLong latest = new AtomicLong();
    private final AtomicLong torn = new AtomicLong();
    private final Set<String> boundaries = ConcurrentHashMap.newKeySet();
    private final Set<Long> recomputed = ConcurrentHashMap.newKeySet();
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, AtomicLong> unanswered = new ConcurrentHashMap<>();

    BankReaders(ApiClient api) {
        this.api = api;
    }

    void start() {
        for (int i = 0; i < READERS; i++) {
            int number = i;
            Thread reader = new Thread(() -> read(number), "bank-reader-" + i);
            reader.start();
            threads.add(reader);
        }
    }

    /** How many strong reads there were. */
    long strong() {
        return strong.get();
    }

    /** How many reads of the newest of each table did not add up. */
    long torn() {
        return torn.get();
    }

    /** At how many boundaries the total was read, told apart by the snapshots that they stand for. */
    long boundaries() {
        return boundaries.size();
    }

    /** How many sessions that held a boundary were asked several queries. */
    long dashboards() {
        return dashboards.get();
    }

    /** How many strong cuts were computed again. */
    long recomputed() {
        return recomputed.size();
    }

    /** What should not have been, in words. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** A client's sessions. */
    private record Sessions(String latest, String strong, String computed) {}

    private Sessions open() {
        return new Sessions(session("latest", "off"), session("strong", "on"), session("strong", "off"));
    }

    private void read(int number) {
        Sessions sessions = null;
        Map<String, Long> last = Map.of();
        long transfers = 0;
        // Apart from the others, so that not all compute the same boundary again.
        long turn = (long) number * RECOMPUTED_EACH / READERS;
        while (reading.get()) {
            try {
                if (sessions == null) {
                    sessions = open();
                }
                if (turn % RECOMPUTED_EACH == 10) {
                    recompute(sessions.computed());
                } else if (turn % DASHBOARD_EACH == 20) {
                    dashboard();
                } else if (turn % LATEST_EACH == 5) {
                    torn.addAndGet(isTorn(row(query(sessions.latest(), Bank.SUMS))) ? 1 : 0);
                    latest.incrementAndGet();
                } else if (turn % COMPUTED_EACH == 15) {
                    transfers = sums(sessions.computed(), transfers);
                } else {
                    last = total(sessions.strong(), last);
                }
                // What was not answered is asked again.
                turn++;
            } catch (ApiFailure e) {
                // No boundary yet, a query that the killed engine had, or a session of a former life.
                unanswered
                        .computeIfAbsent(e.body().path("name").asText(), name -> new AtomicLong())
                        .incrementAndGet();
                sessions = null;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            } catch (WarehouseException unreachable) {
                sessions = null;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            } catch (RuntimeException unexpected) {
                // An answer that is not what an answer should be; a reader that ends unseen would hide what it has not
                // read.
                wrong.add("a read failed: " + unexpected);
                sessions = null;
            }
        }
    }

    /** Reads the total, and answers the snapshots by their tables. */
    private Map<String, Long> total(String session, Map<String, Long> last) {
        JsonNode answer = query(session, Bank.TOTAL);
        JsonNode row = row(answer);
        if (row.size() != TOTALS
                || !StreamSupport.stream(row.spliterator(), false).allMatch(BankReaders::isZero)) {
            wrong.add("the total is " + row + " at " + answer.path("cut").asText());
        }
        Map<String, Long> snapshots = new TreeMap<>();
        Matcher places = SNAPSHOT.matcher(answer.path("cut").asText());
        while (places.find()) {
            snapshots.put(places.group(1), Long.valueOf(places.group(2)));
        }
        if (snapshots.size() < 2
                || last.entrySet().stream().anyMatch(was -> snapshots.get(was.getKey()) < was.getValue())) {
            wrong.add("a boundary went back from " + last + " to " + snapshots);
        }
        boundaries.add(snapshots.toString());
        strong.incrementAndGet();
        return snapshots;
    }

    /** Reads all sums, and answers how many transfers there were by then. */
    private long sums(String session, long last) {
        JsonNode row = row(query(session, Bank.SUMS));
        long transfers = row.get(TRANSFERS).asLong();
        if (!isWhole(row)) {
            wrong.add("does not add up: " + row);
        }
        if (transfers < last) {
            wrong.add("a boundary went back from " + last + " transfers to " + transfers);
        }
        strong.incrementAndGet();
        computed.incrementAndGet();
        return transfers;
    }

    private void recompute(String session) {
        JsonNode row = row(query(session, Bank.RECOMPUTED));
        if (row.get(0).asLong() != 0) {
            wrong.add(row.get(0) + " rows are not what a batch computes of " + row.get(1) + " transfers");
        }
        recomputed.add(row.get(1).asLong());
    }

    /** Asks query by query what one boundary says, as a session that holds it. */
    private void dashboard() {
        ObjectNode request = ApiClient.JSON.createObjectNode();
        request.putObject("settings").put("read.cut", "flow " + Bank.NAME);
        String session = api.post("/api/v1/sessions", request).path("id").asText();
        List<String> counts = DASHBOARD.stream()
                .map(sql -> row(query(session, sql)).get(0).asText())
                .toList();
        if (Set.copyOf(counts).size() > 1) {
            wrong.add("a session that holds a boundary counts " + counts + " transfers");
        }
        dashboards.incrementAndGet();
        api.delete("/api/v1/sessions/" + session);
    }

    /** Whether the four differences are there and 0. */
    static boolean isWhole(JsonNode row) {
        return differences(row).allMatch(BankReaders::isZero);
    }

    /** Whether the four differences are there, and one of them is not 0: what is not there yet is not torn. */
    private static boolean isTorn(JsonNode row) {
        return differences(row).noneMatch(JsonNode::isNull) && !isWhole(row);
    }

    private static Stream<JsonNode> differences(JsonNode row) {
        return IntStream.range(0, TRANSFERS).mapToObj(row::get);
    }

    private static boolean isZero(JsonNode value) {
        return value.asText().equals("0");
    }

    private String session(String consistency, String resultCache) {
        ObjectNode request = ApiClient.JSON.createObjectNode();
        request.putObject("settings").put("read.consistency", consistency).put("olap.result-cache", resultCache);
        return api.post("/api/v1/sessions", request).path("id").asText();
    }

    private JsonNode query(String session, String sql) {
        return api.post(
                "/api/v1/queries",
                ApiClient.JSON.createObjectNode().put("sql", sql).put("session", session));
    }

    private static JsonNode row(JsonNode answer) {
        return answer.path("rows").get(0);
    }

    @Override
    public String toString() {
        return "strong=" + strong + " past-cache=" + computed + " dashboards=" + dashboards + " boundaries="
                + boundaries.size() + " recomputed="
                + recomputed.size() + " wrong=" + wrong.size() + " latest=" + latest + " torn=" + torn + " unanswered="
                + new TreeMap<>(unanswered);
    }

    @Override
    public void close() throws InterruptedException {
        reading.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
