package dev.weirhouse.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.bench.Bank;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.cli.ApiFailure;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.ServerCommand;
import dev.weirhouse.testkit.ServerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link Bank The bank} in a real process that is killed again and again at moments drawn from a seed, while clients read. Strong
 * reads always add up, and are what a batch computes of the same cut; the newest of each table do not.
 *
 * <p>{@code -Dweir.kills} and {@code -Dweir.reads} say how many of each there are at least, {@code -Dweir.seed} repeats the draws.
 */
final class BankUnderKillsTest {

    private static final int KILLS = Integer.getInteger("weir.kills", 2);
    private static final int READS = Integer.getInteger("weir.reads", 1_000);
    private static final int READERS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int LONGEST_RUN_MILLIS = 9_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicBoolean reading = new AtomicBoolean(true);
    private final AtomicLong strong = new AtomicLong();
    private final AtomicLong recomputed = new AtomicLong();
    private final AtomicLong torn = new AtomicLong();
    private final Set<Long> boundaries = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicLong> unanswered = new ConcurrentHashMap<>();
    private final List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());

    @Test
    void strongReadsAddUpWheneverTheProcessIsKilled() throws Exception {
        System.out.println("kills=" + KILLS + " reads=" + READS + " -Dweir.seed=" + seed);
        int port = ServerCommand.freePort();
        String url = "http://127.0.0.1:" + port;
        try (ServerProcess server = ServerProcess.start(
                ServerCommand.of(
                        folder.resolve("home"),
                        URI.create(url + "/ready"),
                        "dev.weirhouse.server.Main",
                        "up",
                        "--set",
                        "http.port=" + port,
                        "--set",
                        "flight.port=0",
                        "--set",
                        "metastore.port=0",
                        "--set",
                        "cluster.ui.port=0",
                        "--set",
                        "cluster.slots=8"),
                PATIENCE)) {
            ApiClient api = new ApiClient(url, "bank", "test");
            Bank.open(api);
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                int number = i;
                Thread reader = new Thread(() -> read(api, number), "reader-" + i);
                reader.start();
                readers.add(reader);
            }
            try {
                awaitReads(1);
                for (int kill = 0; kill < KILLS; kill++) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_RUN_MILLIS)));
                    server.kill();
                    server.start(PATIENCE);
                    if (kill % 2 == 0) {
                        // Some lives are long enough for a read, some may be not.
                        awaitReads(strong.get() + 1);
                    }
                    System.out.println("kill=" + (kill + 1) + " strong=" + strong + " boundaries=" + boundaries.size()
                            + " torn=" + torn);
                }
                awaitReads(READS);
                Eventually.within(PATIENCE).holds("the newest do not add up", () -> assertThat(torn)
                        .hasPositiveValue());
            } finally {
                reading.set(false);
                for (Thread reader : readers) {
                    reader.join();
                }
                System.out.println("strong=" + strong + " recomputed=" + recomputed + " boundaries=" + boundaries.size()
                        + " torn under latest=" + torn + " unanswered=" + new TreeMap<>(unanswered));
            }
        }
        assertThat(wrong)
                .as("strong reads that do not add up; -Dweir.seed=" + seed)
                .isEmpty();
        assertThat(recomputed).hasPositiveValue();
        assertThat(boundaries).hasSizeGreaterThan(2 * KILLS);
    }

    private void awaitReads(long reads) {
        Eventually.within(PATIENCE.plus(Duration.ofMillis(50L * reads)))
                .holds("clients read", () -> assertThat(strong).hasValueGreaterThanOrEqualTo(reads));
    }

    /** Reads until it is enough, in a session that is opened anew whenever the process has ended. */
    private void read(ApiClient api, int number) {
        String latest = null;
        String consistent = null;
        for (long turn = 0; reading.get(); turn++) {
            try {
                if (consistent == null) {
                    latest = session(api, "latest");
                    consistent = session(api, "strong");
                }
                if (turn % 50 == number) {
                    long differ = query(api, consistent, Bank.RECOMPUTED).get(0).asLong();
                    recomputed.incrementAndGet();
                    if (differ != 0) {
                        wrong.add(differ + " rows are not what a batch computes");
                    }
                } else if (turn % 10 == 9) {
                    torn.addAndGet(isWhole(query(api, latest, Bank.SUMS)) ? 0 : 1);
                } else {
                    JsonNode row = query(api, consistent, Bank.SUMS);
                    strong.incrementAndGet();
                    boundaries.add(row.get(4).asLong());
                    if (!isWhole(row)) {
                        wrong.add(row.toString());
                    }
                }
            } catch (ApiFailure e) {
                // No boundary yet, a query that the killed engine had, or a session of a former life.
                unanswered
                        .computeIfAbsent(e.body().path("name").asText(), name -> new AtomicLong())
                        .incrementAndGet();
                consistent = null;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            } catch (WarehouseException unreachable) {
                consistent = null;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        }
    }

    private static boolean isWhole(JsonNode row) {
        for (int i = 0; i < 4; i++) {
            if (row.get(i).isNull() || row.get(i).asLong() != 0) {
                return false;
            }
        }
        return true;
    }

    private static String session(ApiClient api, String consistency) {
        ObjectNode request = ApiClient.JSON.createObjectNode();
        request.putObject("settings").put("read.consistency", consistency);
        return api.post("/api/v1/sessions", request).path("id").asText();
    }

    private static JsonNode query(ApiClient api, String session, String sql) {
        return api.post(
                        "/api/v1/queries",
                        ApiClient.JSON.createObjectNode().put("sql", sql).put("session", session))
                .path("rows")
                .get(0);
    }
}
