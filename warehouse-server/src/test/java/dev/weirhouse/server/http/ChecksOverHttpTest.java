package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.consistency.CheckConfig;
import dev.weirhouse.consistency.Checks;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.cli.CheckCommand;
import dev.weirhouse.server.http.DoorCalls.Outcome;
import dev.weirhouse.server.http.DoorCalls.Reply;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks through the door and from the command line, over a real warehouse. */
@WarehouseTest
final class ChecksOverHttpTest {

    private static final String WAIT = "?waitMillis=60000";

    private static TestWarehouse kit;
    private static OlapGateway gateway;
    private static Checks checks;
    private static HttpDoor door;

    @BeforeAll
    static void open(TestWarehouse warehouse) throws Exception {
        kit = warehouse;
        ServerConfig config = ConfigReader.read(ServerConfig.class, Map.of("http.port", "0", "http.max-wait", "2m"));
        gateway = new OlapGateway(
                kit.warehouse().gate(), ConfigReader.read(OlapConfig.class, Map.of()), OlapLanes.none(), kit.clock());
        checks = Checks.open(
                kit.warehouse(), gateway, ConfigReader.read(CheckConfig.class, Map.of("check.poll-interval", "1h")));
        door = HttpDoor.open(config, new CheckRoutes(checks, config).routes(), (request, millis) -> {}, List.of());
        kit.run("CREATE TABLE orders (id INT, customer INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE customers (id INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO customers VALUES (1), (2)");
        kit.run("INSERT INTO orders VALUES (1, 1), (2, 2)");
        kit.run("INSERT INTO orders VALUES (2, 7), (3, 1)");
    }

    @AfterAll
    static void close() {
        door.close();
        checks.close();
        gateway.close();
    }

    private static Reply send(String method, String path, String body) throws Exception {
        return DoorCalls.send(door, method, path, body);
    }

    private static Outcome weir(String... arguments) {
        return DoorCalls.weir(door, new CheckCommand(), arguments);
    }

    private static String table(String name) {
        return kit.database() + "." + name;
    }

    @Test
    void aCheckIsDeclaredRunShownAndDropped() throws Exception {
        Reply made = send(
                "POST",
                "/api/v1/checks",
                """
                {"name": "keyed", "table": "%s", "runBy": "EVERY", "everyMillis": 3600000, "severity": "WARNING",
                 "rule": {"kind": "REFERENCES", "columns": ["customer"], "other": "%s", "otherColumn": "id"}}
                """
                        .formatted(table("orders"), table("customers")));
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.body().path("user").asText()).isEqualTo("ada");
        assertThat(made.body().path("rule").path("other").asText()).isEqualTo(table("customers"));
        Reply run = send("POST", "/api/v1/checks/keyed/run" + WAIT, null);
        assertThat(run.status()).isEqualTo(200);
        assertThat(run.body().path("state").asText()).isEqualTo("FAILED");
        assertThat(run.body().path("violations").asLong()).isEqualTo(1);
        assertThat(run.body().path("snapshot").asLong()).isEqualTo(2);
        assertThat(run.body().path("evidence").path("rows").toString()).isEqualTo("[[\"2\",\"7\"]]");
        Reply again =
                send("GET", "/api/v1/check-results/" + run.body().path("id").asText(), null);
        assertThat(again.body()).isEqualTo(run.body());
        Reply shown = send("GET", "/api/v1/checks/keyed", null);
        assertThat(shown.body().path("newest")).isEqualTo(run.body());
        assertThat(shown.body().path("everyMillis").asLong()).isEqualTo(3_600_000);
        assertThat(send("GET", "/api/v1/checks", null).body().path("checks").toString())
                .contains("\"keyed\"")
                .doesNotContain("\"results\"");
        assertThat(send("DELETE", "/api/v1/checks/keyed", null).status()).isEqualTo(204);
        assertThat(send("GET", "/api/v1/checks/keyed", null).status()).isEqualTo(404);
    }

    @Test
    void whatIsAskedWronglyIsRefused() throws Exception {
        for (String[] refused : new String[][] {
            {"/api/v1/checks", "{\"name\": \"x\"}", "WEIR-1500"},
            {"/api/v1/checks", "{\"name\": \"x\", \"rule\": {\"kind\": \"NEAT\"}}", "WEIR-1601"},
            {"/api/v1/checks", "{\"name\": \"x\", \"runBy\": \"OFTEN\", \"rule\": {\"kind\": \"SQL\"}}", "WEIR-1500"},
            {"/api/v1/comparisons/tables", "{\"left\": \"a\"}", "WEIR-1500"},
            {"/api/v1/comparisons/tables", "{\"left\": \"a\", \"right\": \"b.c\"}", "WEIR-1603"},
            {"/api/v1/comparisons/tables", "{\"left\": \"a.b\", \"right\": \"b.c\", \"samples\": -1}", "WEIR-1500"},
            {"/api/v1/comparisons/jobs", "{}", "WEIR-1500"},
            {"/api/v1/comparisons/lanes", "{}", "WEIR-1500"},
            {"/api/v1/comparisons/sources", "{\"table\": \"a.b\", \"source\": \"shop\"}", "WEIR-1500"},
            {
                "/api/v1/comparisons/sources",
                "{\"table\": \"a.b\", \"source\": \"s\", \"sourceTable\": \"t\", \"settleMillis\": -1}",
                "WEIR-1500"
            },
        }) {
            Reply reply = send("POST", refused[0], refused[1]);
            assertThat(reply.status()).as(refused[1]).isEqualTo(400);
            assertThat(reply.body().path("code").asText()).as(refused[1]).isEqualTo(refused[2]);
        }
        assertThat(send("GET", "/api/v1/check-results/nosuch", null).status()).isEqualTo(404);
    }

    @Test
    void theStatusOfACommandSaysHowItWent() throws Exception {
        Outcome same = weir("diff", table("orders"), table("orders"));
        assertThat(same.status()).as(same.out() + same.err()).isEqualTo(ExitCode.OK);
        assertThat(same.out()).startsWith("PASSED").contains("with the same files: 1");
        Outcome differs = weir("diff", table("orders") + "@1", table("orders"), "--samples", "1");
        assertThat(differs.status()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(differs.out())
                .contains("only left: 0, only right: 1, changed: 1")
                .contains("changed in customer: 1")
                .contains("changed, left  | 2  | 2")
                .contains("changed, right | 2  | 7");
        Outcome json = weir("diff", table("orders") + "@1", table("orders"), "--json");
        assertThat(Json.MAPPER
                        .readTree(json.out())
                        .path("evidence")
                        .path("changed")
                        .asLong())
                .isEqualTo(1);
        Outcome missing = weir("diff", "no.table", table("orders"));
        assertThat(missing.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(missing.out()).startsWith("ERROR").contains("WEIR-1046");
        assertThat(weir("diff", "orders", "orders").err()).contains("WEIR-1603");
        assertThat(weir("job", "nosuch").out()).contains("WEIR-1201");
        assertThat(weir("source", table("orders"), "shop", "public.orders", "--settle", "0s")
                        .err())
                .contains("WEIR-1608");
        assertThat(weir("source", table("orders"), "shop", "public.orders", "--settle", "soon")
                        .err())
                .contains("WEIR-1511");
        assertThat(weir("lanes", "SELECT COUNT(*) FROM " + table("orders")).out())
                .contains("WEIR-1604");
    }

    @Test
    void checksOfEachKindAreDeclaredFromTheCommandLine() throws Exception {
        String customers = table("customers") + ".id";
        String[][] rules = {
            {"0", "--not-null", "id,customer"},
            {"0", "--unique", "id", "--after-commits"},
            {"2", "--range", "customer", "-1", "5", "--cron", "0 3 * * *"},
            {"2", "--references", "customer", customers},
            {"0", "--fresh", "24000h"},
            {"0", "--rows-within", "20%"},
            {"2", "--sql", "SELECT * FROM " + table("orders") + " WHERE id > 2", "--every", "10min"},
            {"0", "--sql", "SELECT * FROM " + table("orders"), "--severity", "warning"},
        };
        for (String[] rule : rules) {
            List<String> arguments = new ArrayList<>(List.of("declare", "told", "--table", table("orders")));
            arguments.addAll(List.of(rule).subList(1, rule.length));
            Outcome declared = weir(arguments.toArray(String[]::new));
            assertThat(declared.status()).as(declared.err()).isEqualTo(ExitCode.OK);
            assertThat(declared.out()).contains("name: told").contains("user: ada");
            Outcome run = weir("run", "told");
            assertThat(run.status())
                    .as(String.join(" ", rule) + ": " + run.out() + run.err())
                    .isEqualTo(Integer.parseInt(rule[0]));
            assertThat(weir("show", "told").out()).contains("told").contains(rule[0].equals("2") ? "FAILED" : "ED");
            assertThat(weir("list").out()).contains("told");
            assertThat(weir("drop", "told").out()).contains("dropped told");
        }
        assertThat(weir("declare", "told", "--table", table("orders")).status())
                .as("without a rule")
                .isNotEqualTo(ExitCode.OK);
        assertThat(weir("declare", "told", "--table", table("orders"), "--fresh", "soon")
                        .err())
                .contains("WEIR-1511");
        assertThat(weir("run", "told").err()).contains("WEIR-1600");
    }
}
