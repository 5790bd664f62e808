package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.cli.FlowCommand;
import dev.weirhouse.server.http.DoorCalls.Outcome;
import dev.weirhouse.server.http.DoorCalls.Reply;
import dev.weirhouse.stream.StreamConfig;
import dev.weirhouse.stream.StreamJobs;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flows through the door and from the command line, over a real warehouse. */
@WarehouseTest
final class FlowsOverHttpTest {

    private static TestWarehouse kit;
    private static StreamJobs jobs;
    private static HttpDoor door;

    @BeforeAll
    static void open(TestWarehouse warehouse) throws Exception {
        kit = warehouse;
        jobs = StreamJobs.open(kit.warehouse(), ConfigReader.read(StreamConfig.class, Map.of()), Clock.systemUTC());
        ServerConfig config = ConfigReader.read(ServerConfig.class, Map.of("http.port", "0"));
        door = HttpDoor.open(config, new FlowRoutes(jobs::flows).routes(), (request, millis) -> {}, List.of());
        kit.run("CREATE TABLE sales (shop INT, amount BIGINT)");
        kit.run("CREATE TABLE takings (shop INT, amount BIGINT, PRIMARY KEY (shop) NOT ENFORCED)");
        kit.run("INSERT INTO sales VALUES (1, 10), (2, 20)");
    }

    @AfterAll
    static void close() {
        door.close();
        jobs.close();
    }

    private static Outcome weir(String... arguments) {
        return DoorCalls.weir(door, new FlowCommand(), arguments);
    }

    @Test
    void aFlowIsDeclaredWithItsCostShownAndDropped() throws Exception {
        String sales = kit.database() + ".sales";
        Outcome created = weir("create", "shops", "--root", sales, "--interval", "250");
        assertThat(created.status()).as(created.err()).isEqualTo(ExitCode.OK);
        assertThat(created.out())
                .contains("name: shops", "roots: [\"" + sales + "\"]", "user: ada")
                .contains("A boundary every 250 ms at most", "also when nothing has changed")
                .contains("as old as the checkpoint intervals of the longest chain of jobs");
        jobs.apply(
                "takings",
                "SET 'execution.checkpointing.interval' = '300 ms'; SET 'stream.flow' = 'shops'; USE " + kit.database()
                        + "; INSERT INTO takings SELECT shop, SUM(amount) FROM sales GROUP BY shop;",
                Caller.internal("flows test"));
        try {
            Eventually.within(Duration.ofMinutes(2)).holds("all have reached a boundary", () -> assertThat(
                            weir("show", "shops").out())
                    .containsPattern("common: \\d+, set at .*, the newest until ")
                    .containsPattern("takings: \\d+")
                    .contains("jobs: [\"takings\"]"));
            assertThat(weir("list").out()).contains("shops", sales);
            Reply shown = DoorCalls.send(door, "GET", "/api/v1/flows/shops", null);
            assertThat(shown.body().path("jobs").toString()).isEqualTo("[\"takings\"]");
            assertThat(shown.body().hasNonNull("problem")).isFalse();
            assertThat(shown.body().path("intervalMillis").asLong()).isEqualTo(250);
            assertBoundaries();
            Outcome refused = weir("drop", "shops");
            assertThat(refused.status()).isEqualTo(ExitCode.USER_ERROR);
            assertThat(refused.err()).contains("WEIR-1206", "Jobs belong to the flow shops: takings");
        } finally {
            jobs.delete("takings");
        }
        assertThat(weir("drop", "shops").out()).contains("dropped shops");
        assertThat(weir("show", "shops").err()).contains("WEIR-1205");
    }

    /** At each boundary the sums are those of the root's rows there. */
    private static void assertBoundaries() throws Exception {
        assertThat(kit.run("DESCRIBE weir.boundaries").rows().stream()
                        .map(row -> row.get(0) + " " + row.get(1))
                        .toList())
                .containsExactly(
                        "flow STRING",
                        "boundary BIGINT",
                        "version STRING",
                        "snapshot_id BIGINT",
                        "created_at TIMESTAMP_LTZ(3)",
                        "confirmed_at TIMESTAMP_LTZ(3)");
        List<List<String>> rows = kit.run("SELECT r.boundary, r.snapshot_id, t.snapshot_id FROM weir.boundaries r"
                        + " JOIN weir.boundaries t ON r.flow = t.flow AND r.boundary = t.boundary"
                        + " WHERE r.flow = 'shops' AND r.version = '" + kit.database() + ".sales' AND t.version = '"
                        + kit.database() + ".takings' AND r.created_at <= r.confirmed_at")
                .rows();
        assertThat(rows).isNotEmpty();
        for (List<String> row : rows.subList(0, Math.min(3, rows.size()))) {
            String root = "SELECT shop, SUM(amount) FROM sales /*+ OPTIONS('scan.snapshot-id' = '" + row.get(1)
                    + "') */ GROUP BY shop ORDER BY shop";
            String sums = "SELECT shop, amount FROM takings /*+ OPTIONS('scan.snapshot-id' = '" + row.get(2)
                    + "') */ ORDER BY shop";
            assertThat(kit.run(sums).rows())
                    .as("at boundary " + row.get(0))
                    .isNotEmpty()
                    .isEqualTo(kit.run(root).rows());
        }
    }

    @Test
    void whatIsAskedWronglyIsRefused() throws Exception {
        String sales = kit.database() + ".sales";
        for (String[] refused : new String[][] {
            {"{\"name\": \"x\"}", "WEIR-1500"},
            {"{\"name\": \"x\", \"roots\": [\"sales\"]}", "WEIR-1500"},
            {"{\"name\": \"x\", \"roots\": []}", "WEIR-1206"},
            {"{\"name\": \"x y\", \"roots\": [\"" + sales + "\"]}", "WEIR-1206"},
            {"{\"name\": \"x\", \"roots\": [\"" + sales + "\"], \"intervalMillis\": 1}", "WEIR-1206"},
            {"{\"name\": \"x\", \"roots\": [\"" + kit.database() + ".nosuch\"]}", "WEIR-1206"},
            {"{\"name\": \"x\", \"roots\": [\"weir.jobs\"]}", "WEIR-1206"},
        }) {
            Reply reply = DoorCalls.send(door, "POST", "/api/v1/flows", refused[0]);
            assertThat(reply.status()).as(refused[0]).isEqualTo(400);
            assertThat(reply.text("code")).as(refused[0]).isEqualTo(refused[1]);
        }
        assertThat(DoorCalls.send(door, "DELETE", "/api/v1/flows/nosuch", null).status())
                .isEqualTo(404);
        assertThat(weir("create", "y", "--root", sales).status()).isEqualTo(ExitCode.OK);
        assertThat(weir("create", "y", "--root", sales).err()).contains("There is a flow y already");
        assertThat(weir("drop", "y").status()).isEqualTo(ExitCode.OK);
    }
}
