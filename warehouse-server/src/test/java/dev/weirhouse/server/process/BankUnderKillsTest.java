package dev.weirhouse.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.bench.Bank;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.KafkaBroker;
import dev.weirhouse.testkit.ServerCommand;
import dev.weirhouse.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link Bank The bank} in a real process that is killed again and again at moments drawn from a seed, while transfers go on
 * coming through Kafka and clients read. Strong reads always add up, and are what a batch computes of the same cut; the newest
 * of each table do not. At the end every transfer is there once.
 *
 * <p>{@code -Dweir.kills} and {@code -Dweir.reads} say how many of each there are at least: it reads on until it has seen
 * enough boundaries. {@code -Dweir.seed} repeats the draws.
 */
final class BankUnderKillsTest {

    private static final int KILLS = Integer.getInteger("weir.kills", 2);
    private static final int READS = Integer.getInteger("weir.reads", 400);

    /** So many different ones are wanted, of what strong reads were answered at. */
    private static final int BOUNDARIES = Math.max(2 * KILLS, READS / 200);

    /** So many boundaries that a batch computed again, and sessions that held one. */
    private static final int COMPUTED = Math.max(1, READS / 500);

    private static final long TOLD_EACH = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int LONGEST_RUN_MILLIS = 9_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void strongReadsAddUpWheneverTheProcessIsKilled() throws Exception {
        System.out.println("kills=" + KILLS + " reads=" + READS + " -Dweir.seed=" + seed);
        Path home = folder.resolve("home");
        install(home);
        int port = ServerCommand.freePort();
        String url = "http://127.0.0.1:" + port;
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("kafka"));
                BankTransfers transfers = BankTransfers.start(broker, random.nextLong());
                ServerProcess server = ServerProcess.start(command(home, port), PATIENCE)) {
            ApiClient api = new ApiClient(url, "bank", "test");
            Bank.open(api, transfers.source());
            BankReaders readers = new BankReaders(api);
            try (readers) {
                readers.start();
                awaitReads(readers, 1);
                for (int kill = 0; kill < KILLS; kill++) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_RUN_MILLIS)));
                    server.kill();
                    server.start(PATIENCE);
                    if (kill % 2 == 0) {
                        // Some lives are long enough for a read, some may be not.
                        awaitReads(readers, readers.strong() + 1);
                    }
                    System.out.println("kill=" + (kill + 1) + " " + readers);
                }
                for (long reads = readers.strong(); !hasSeenEnough(readers); reads = readers.strong()) {
                    awaitReads(readers, reads < READS ? Math.min(READS, reads + TOLD_EACH) : reads + READS / 20);
                    System.out.println(readers);
                }
                Eventually.within(PATIENCE).answers("the newest do not add up", readers::torn, torn -> torn > 0);
            }
            System.out.println("kills=" + KILLS + " " + readers);
            assertThat(readers.wrong())
                    .as("strong reads that do not add up; -Dweir.seed=" + seed)
                    .isEmpty();
            assertThat(readers.boundaries()).isGreaterThanOrEqualTo(BOUNDARIES);
            assertThat(readers.recomputed()).isGreaterThanOrEqualTo(COMPUTED);
            assertThat(readers.dashboards()).isGreaterThanOrEqualTo(COMPUTED);
            assertEachIsThereOnce(api, transfers);
        }
    }

    /** As the documentation tells users of a connector. */
    private static void install(Path home) throws IOException {
        Path lib = Files.createDirectories(home.resolve("lib"));
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("weir.connectors"), "lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
    }

    private static ServerCommand command(Path home, int port) {
        return ServerCommand.of(
                home,
                URI.create("http://127.0.0.1:" + port + "/ready"),
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
                "cluster.slots=16",
                "--set",
                "sql.connectors=paimon, filesystem, datagen, print, blackhole, kafka");
    }

    /** A fast machine reads faster than boundaries come; where they do not come at all, reading ends too. */
    private static boolean hasSeenEnough(BankReaders readers) {
        boolean enough = readers.boundaries() >= BOUNDARIES
                && readers.recomputed() >= COMPUTED
                && readers.dashboards() >= COMPUTED;
        return readers.strong() >= (enough ? READS : 5 * READS);
    }

    private static void awaitReads(BankReaders readers, long reads) {
        Eventually.within(PATIENCE.plus(Duration.ofMillis(150L * reads)))
                .answers("clients read", readers::strong, strong -> strong >= reads);
    }

    private void assertEachIsThereOnce(ApiClient api, BankTransfers transfers) {
        long sent = transfers.end();
        Eventually.within(PATIENCE)
                .answers(
                        "the jobs come to the last of " + sent + " transfers; seed " + seed,
                        () -> row(api, "strong", Bank.SUMS),
                        row -> BankReaders.isWhole(row) && row.get(4).asLong() == sent);
        assertThat(row(api, "strong", "SELECT COUNT(*), COUNT(DISTINCT id), MIN(id), MAX(id) FROM bank.transfers"))
                .as("transfers, ids, the first and the last; -Dweir.seed=" + seed)
                .extracting(JsonNode::asLong)
                .containsExactly(sent, sent, 0L, sent - 1);
        assertThat(row(api, "latest", "SELECT COUNT(*), COUNT(DISTINCT record) FROM bank.transfers__rejected"))
                .as("records that are no transfers; -Dweir.seed=" + seed)
                .extracting(JsonNode::asLong)
                .containsExactly(transfers.malformed(), transfers.malformed());
        System.out.println("transfers=" + sent + " malformed=" + transfers.malformed() + ", each there once");
    }

    private static JsonNode row(ApiClient api, String consistency, String sql) {
        ObjectNode request = ApiClient.JSON.createObjectNode().put("sql", sql);
        request.putObject("settings").put("read.consistency", consistency);
        return api.post("/api/v1/queries", request).path("rows").get(0);
    }
}
