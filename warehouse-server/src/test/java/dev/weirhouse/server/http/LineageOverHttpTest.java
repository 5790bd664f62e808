package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.cli.LineageCommand;
import dev.weirhouse.server.cli.SqlCommand;
import dev.weirhouse.server.http.DoorCalls.Outcome;
import dev.weirhouse.server.http.DoorCalls.Reply;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lineage through the door and from the command line: three tables, each made of the one before, over a real warehouse. */
@WarehouseTest
final class LineageOverHttpTest {

    private static final String LINEAGE = "/api/v1/lineage";

    private static TestWarehouse kit;
    private static Lineage lineage;
    private static OlapGateway gateway;
    private static Statements statements;
    private static HttpDoor door;

    /** Before the last table was derived from anything. */
    private static Instant before;

    /** Other tests derive more from these tables later. */
    private static Instant made;

    @BeforeAll
    static void open(TestWarehouse warehouse) throws Exception {
        kit = warehouse;
        lineage = Lineage.open(kit.warehouse());
        ServerConfig config = ConfigReader.read(ServerConfig.class, Map.of("http.port", "0"));
        gateway = new OlapGateway(
                kit.warehouse().gate(), ConfigReader.read(OlapConfig.class, Map.of()), OlapLanes.none(), kit.clock());
        statements = new Statements(config, kit.clock());
        List<Route> routes = Stream.of(
                        new SessionRoutes(gateway).routes(),
                        new StatementRoutes(gateway, statements, config).routes(),
                        new LineageRoutes(lineage, kit.warehouse(), kit.clock()).routes())
                .flatMap(List::stream)
                .toList();
        door = HttpDoor.open(config, routes, (request, millis) -> {}, List.of(statements));
        kit.run("CREATE TABLE a (id INT, amount BIGINT)");
        kit.run("CREATE TABLE b (id INT, total BIGINT)");
        kit.run("CREATE TABLE c (total BIGINT)");
        kit.run("INSERT INTO a VALUES (1, 10), (1, 20), (2, 5)");
        kit.run("INSERT INTO b SELECT id, SUM(amount) FROM a GROUP BY id");
        before = kit.clock().instant();
        kit.run("INSERT INTO c SELECT total FROM b WHERE id = 1");
        kit.run("INSERT INTO a VALUES (3, 1)");
        made = kit.clock().instant();
    }

    @AfterAll
    static void close() {
        door.close();
        gateway.close();
        lineage.close();
    }

    private static String table(String name) {
        return kit.database() + "." + name;
    }

    private static Outcome weir(String... arguments) {
        Outcome outcome = DoorCalls.weir(door, new LineageCommand(), arguments);
        return new Outcome(outcome.status(), outcome.out().replace(kit.database() + ".", ""), outcome.err());
    }

    /** What the command prints, with its ids of runs left out. */
    private static List<String> lines(String... arguments) {
        Outcome outcome = weir(arguments);
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(ExitCode.OK);
        return outcome.out()
                .replaceAll("(run|query) [0-9a-f-]{20,}", "$1 ID")
                .lines()
                .toList();
    }

    private static JsonNode json(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Outcome outcome = weir(all.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(ExitCode.OK);
        return Json.MAPPER.readTree(outcome.out());
    }

    /** @param parameters names and values by turns */
    private static Reply get(String path, String... parameters) throws Exception {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            query.append(i == 0 ? "?" : "&")
                    .append(parameters[i])
                    .append('=')
                    .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
        }
        return DoorCalls.send(door, "GET", path + query, null);
    }

    private static List<String> edges(JsonNode walk) {
        List<String> edges = new ArrayList<>();
        walk.path("edges")
                .forEach(edge -> edges.add((name(edge.path("target")) + " <- " + name(edge.path("source")))
                        .replace(kit.database() + ".", "")));
        return edges;
    }

    private static String name(JsonNode node) {
        return node.path("dataset").asText()
                + (node.has("column") ? "." + node.path("column").asText() : "");
    }

    /** The edges of snapshots, each with those that it rests on. */
    private static List<String> links(JsonNode answer) {
        List<String> links = new ArrayList<>();
        JsonNode edges = answer.path("edges");
        edges.forEach(edge -> edge.path("restsOn")
                .forEach(below -> links.add(snapshot(edge) + " <- " + snapshot(edges.get(below.asInt())))));
        return links;
    }

    private static String snapshot(JsonNode edge) {
        return edge.path("direction").asText() + " "
                + edge.path("version").asText().replace(kit.database() + ".", "") + "@"
                + edge.path("snapshot").asLong();
    }

    @Test
    void aTableAndAColumnAreFollowedUpAndDown() throws Exception {
        String by = "  [olap by tester]";
        assertThat(lines(table("c"))).containsExactly("c", "└─ b" + by, "   └─ a" + by);
        assertThat(lines(table("c") + ".total", "--direct"))
                .containsExactly("c.total", "└─ b.total  identity" + by, "   └─ a.amount  aggregation" + by);
        assertThat(lines(table("c") + ".total", "--up"))
                .contains("├─ b.total  identity" + by, "└─ b.id  rows: filter" + by);
        assertThat(lines(table("a") + ".amount", "--down", "--direct", "--at", made.toString()))
                .containsExactly("a.amount", "└─ b.total  aggregation" + by, "   └─ c.total  identity" + by);
        assertThat(lines(table("c"), "--depth", "1")).containsExactly("c", "└─ b" + by);
        assertThat(lines(table("c") + ".total", "--direct", "--dot"))
                .contains("digraph lineage {", "  \"a.amount\" -> \"b.total\" [label=\"aggregation\"];", "}");
        JsonNode walk = json(table("c"), "--depth", "1");
        assertThat(edges(walk)).containsExactly("c <- b");
        assertThat(walk.path("whole").asBoolean()).isTrue();
        assertThat(edges(get(LINEAGE, "of", table("c"), "depth", "1").body())).containsExactly("c <- b");
        assertThat(edges(get(LINEAGE, "of", table("c")).body())).containsExactly("c <- b", "b <- a");
        assertThat(edges(get(LINEAGE, "of", table("a") + ".amount", "direction", "down", "direct", "true")
                        .body()))
                .contains("b.total <- a.amount", "c.total <- b.total");
    }

    @Test
    void aWalkIsAsOfATimeOrOfTheSnapshotOfAColumn() throws Exception {
        assertThat(lines(table("c"), "--at", before.toString()))
                .containsExactly("c", "derives from nothing that is known");
        assertThat(edges(json(table("a"), "--down", "--at", before.toString()))).containsExactly("b <- a");
        assertThat(edges(get(LINEAGE, "of", table("a"), "direction", "down", "at", before.toString())
                        .body()))
                .containsExactly("b <- a");
        kit.run("CREATE TABLE d (n BIGINT)");
        kit.run("INSERT INTO d SELECT id FROM a");
        kit.run("INSERT INTO d SELECT amount FROM a");
        assertThat(edges(json(table("d") + ".n", "--direct"))).containsExactly("d.n <- a.amount", "d.n <- a.id");
        assertThat(edges(json(table("d") + ".n", "--direct", "--at", "1"))).containsExactly("d.n <- a.id");
        assertThat(edges(get(LINEAGE, "of", table("d") + ".n", "snapshot", "2").body()))
                .containsExactly("d.n <- a.amount", "d.n <- a.id");
        assertThat(edges(json(table("a") + ".id", "--down", "--direct", "--depth", "1", "--at", "1")))
                .as("known when a@1 was added")
                .isEmpty();
        Outcome missing = weir(table("d") + ".n", "--at", "99");
        assertThat(missing.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(missing.err()).contains("WEIR-1049", "the snapshot 99 of " + table("d"));
        assertThat(get(LINEAGE, "of", table("d") + ".n", "snapshot", "99").status())
                .isEqualTo(404);
    }

    @Test
    void aSnapshotLeadsToThoseItRestsOnAndToThoseThatRestOnIt() throws Exception {
        assertThat(lines(table("c"), "--at", "1"))
                .containsExactly("c@1  exact  [run ID]", "└─ b@1  exact  [run ID]", "   └─ a@1  exact  [run ID]");
        assertThat(lines(table("c"), "--at", "1", "--depth", "1"))
                .as("who wrote b@1 is beyond the depth")
                .containsExactly("c@1  exact  [run ID]", "└─ b@1  exact");
        assertThat(links(json(table("c"), "--at", "1", "--depth", "2")))
                .containsExactly("OUT c@1 <- IN b@1", "IN b@1 <- OUT b@1", "OUT b@1 <- IN a@1");
        assertThat(links(get(LINEAGE + "/snapshots", "of", table("c"), "snapshot", "1", "depth", "2")
                        .body()))
                .containsExactly("OUT c@1 <- IN b@1", "IN b@1 <- OUT b@1", "OUT b@1 <- IN a@1");
        assertThat(lines(table("a"), "--at", "1", "--down"))
                .containsExactly("a@1  exact  [run ID]", "└─ b@1  exact  [run ID]", "   └─ c@1  exact  [run ID]");
        assertThat(lines(table("a"), "--at", "1", "--down", "--depth", "1"))
                .containsExactly("a@1  exact  [run ID]", "└─ b@1  exact  [run ID]");
        assertThat(lines(table("c"), "--at", "1", "--down"))
                .containsExactly("c@1  exact  [run ID]", "no run that is recorded read it");
        assertThat(links(get(LINEAGE + "/snapshots", "of", table("b"), "snapshot", "1", "direction", "down")
                        .body()))
                .containsExactly("IN b@1 <- OUT b@1", "OUT c@1 <- IN b@1");
    }

    @Test
    void theAnswerOfAQueryLeadsToTheSnapshotsItRestsOn() throws Exception {
        Outcome asked = DoorCalls.weir(
                door,
                new SqlCommand(),
                "--cut",
                "--output",
                "csv",
                "-e",
                "SELECT c.total FROM %s c JOIN %s b ON b.total = c.total".formatted(table("c"), table("b")));
        assertThat(asked.out()).isEqualTo("total\r\n30\r\n");
        assertThat(asked.err())
                .matches("query \\S+  %1$s.c=%1$s.c@1, %1$s.b=%1$s.b@1\n|query \\S+  %1$s.b=%1$s.b@1, %1$s.c=%1$s.c@1\n"
                        .formatted(kit.database()));
        String id = asked.err().split(" ")[1];
        kit.run("INSERT INTO b VALUES (7, 7)");
        List<String> tree = lines("--query", id);
        assertThat(tree.get(0)).matches("query ID  \\[olap by ada at \\S+Z\\]");
        assertThat(tree.subList(1, tree.size()))
                .containsExactly(
                        "├─ b@1  exact  [run ID]",
                        "│  └─ a@1  exact  [run ID]",
                        "└─ c@1  exact  [run ID]",
                        "   └─ b@1  exact  [run ID]  (above)");
        JsonNode answer = json("--query", id, "--depth", "2");
        assertThat(answer.path("query").path("id").asText()).isEqualTo(id);
        assertThat(answer.path("query").path("user").asText()).isEqualTo("ada");
        assertThat(links(answer))
                .containsExactlyInAnyOrder(
                        "IN b@1 <- OUT b@1", "IN c@1 <- OUT c@1", "OUT b@1 <- IN a@1", "OUT c@1 <- IN b@1");
        JsonNode same = get(LINEAGE + "/snapshots", "query", id, "depth", "2").body();
        assertThat(links(same)).isEqualTo(links(answer));
        assertThat(same.path("query").path("statement").asText()).startsWith("SELECT c.total");
        Outcome nosuch = weir("--query", "nosuch");
        assertThat(nosuch.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(nosuch.err()).contains("WEIR-1508", "No query or run 'nosuch' is recorded, or not any more");
        assertThat(get(LINEAGE + "/snapshots", "query", "nosuch").status()).isEqualTo(404);
    }

    @Test
    void theReadersOfATableAreTold() throws Exception {
        assertThat(weir(table("b"), "--readers").out()).contains("user", "tester", "OLAP");
        JsonNode readers = json(table("b"), "--readers", "--days", "1").path("readers");
        assertThat(readers.findValuesAsText("user")).contains("tester");
        assertThat(get(LINEAGE + "/readers", "of", table("b"), "days", "1")
                        .body()
                        .path("readers")
                        .findValuesAsText("user"))
                .contains("tester");
        kit.run("CREATE TABLE unread (n INT)");
        assertThat(json(table("unread"), "--readers").path("readers")).isEmpty();
    }

    @Test
    void whatIsAskedWronglyIsRefused() throws Exception {
        String a = table("a");
        for (String[] refused : new String[][] {
            {"WEIR-1046", "404", "of", table("nosuch")},
            {"WEIR-1047", "400", "of", a + ".nosuch"},
            {"WEIR-1046", "404", "of", "file:/nosuch"},
            {"WEIR-1500", "400", "of", "a"},
            {"WEIR-1500", "400"},
            {"WEIR-1500", "400", "of", a, "at", "yesterday"},
            {"WEIR-1500", "400", "of", a, "depth", "0"},
            {"WEIR-1500", "400", "of", a, "depth", "-1"},
            {"WEIR-1500", "400", "of", a, "depth", "101"},
            {"WEIR-1500", "400", "of", a, "depth", "far"},
            {"WEIR-1500", "400", "of", a, "direction", "sideways"},
            {"WEIR-1500", "400", "of", a, "direct", "yes"},
            {"WEIR-1500", "400", "of", a, "direct", "true"},
            {"WEIR-1500", "400", "of", a, "days", "3"},
            {"WEIR-1500", "400", "of", a, "snapshot", "1"},
            {"WEIR-1500", "400", "of", a + ".id", "snapshot", "0"},
            {"WEIR-1500", "400", "of", a + ".id", "snapshot", "1", "at", "2024-01-31T12:00:00Z"},
        }) {
            assertRefused(LINEAGE, refused);
        }
        for (String[] refused : new String[][] {
            {"WEIR-1046", "404", "of", table("nosuch")},
            {"WEIR-1500", "400", "of", a, "days", "0"},
            {"WEIR-1500", "400", "of", a, "days", "-1"},
            {"WEIR-1500", "400", "of", a, "days", "many"},
            {"WEIR-1500", "400", "of", a + ".id"},
            {"WEIR-1500", "400", "of", a, "at", "1"},
            {"WEIR-1500", "400", "of", a, "depth", "1"},
            {"WEIR-1500", "400", "of", a, "direct", "true"},
        }) {
            assertRefused(LINEAGE + "/readers", refused);
        }
        for (String[] refused : new String[][] {
            {"WEIR-1046", "404", "of", table("nosuch"), "snapshot", "1"},
            {"WEIR-1500", "400", "of", a},
            {"WEIR-1500", "400", "of", a, "snapshot", "0"},
            {"WEIR-1500", "400", "of", a, "snapshot", "1", "depth", "0"},
            {"WEIR-1500", "400", "of", a, "snapshot", "1", "direct", "true"},
            {"WEIR-1500", "400", "of", a + ".id", "snapshot", "1"},
            {"WEIR-1500", "400", "query", "x", "of", a},
            {"WEIR-1500", "400", "query", "x", "depth", "0"},
        }) {
            assertRefused(LINEAGE + "/snapshots", refused);
        }
    }

    /** @param refused the code, the status, and the parameters */
    private static void assertRefused(String path, String... refused) throws Exception {
        String[] parameters = List.of(refused).subList(2, refused.length).toArray(String[]::new);
        Reply reply = get(path, parameters);
        assertThat(reply.text("code")).as(path + List.of(refused)).isEqualTo(refused[0]);
        assertThat(reply.status()).as(path + List.of(refused)).isEqualTo(Integer.parseInt(refused[1]));
    }

    @Test
    void theCommandRefusesWhatIsAskedWrongly() {
        String a = table("a");
        for (String[] refused : new String[][] {
            {"WEIR-1046", table("nosuch")},
            {"WEIR-1047] COLUMN_NOT_FOUND: The table " + a + " has no column 'nosuch'.", a + ".nosuch"},
            {"'at' cannot be 'yesterday': it is a time", a, "--at", "yesterday"},
            {"'depth' cannot be '0': it is a whole number from 1 to 100.", a, "--depth", "0"},
            {"'depth' cannot be '-1'", a, "--depth", "-1"},
            {"'days' cannot be '0': it is a whole number from 1 to 36500.", a, "--readers", "--days", "0"},
            {"'snapshot' cannot be '0'", a, "--at", "0"},
            {"'of' names the column 'id', and readers are told of tables", a + ".id", "--readers"},
            {"--days goes with --readers alone", a, "--days", "3"},
            {"--at has no meaning with --readers: leave it out.", a, "--readers", "--at", "1"},
            {"--depth has no meaning with --readers", a, "--readers", "--depth", "1"},
            {"--direct has no meaning with --readers", a, "--readers", "--direct"},
            {"--dot has no meaning with --readers", a, "--readers", "--dot"},
            {"'direct' is for columns", a, "--direct"},
            {"--direct has no meaning with --at SNAPSHOT of a table", a, "--at", "1", "--direct"},
            {"--dot has no meaning with --at SNAPSHOT of a table", a, "--at", "1", "--dot"},
            {"--down has no meaning with --query", "--query", "x", "--down"},
            {"--at has no meaning with --query", "--query", "x", "--at", "1"},
        }) {
            Outcome outcome = weir(List.of(refused).subList(1, refused.length).toArray(String[]::new));
            assertThat(outcome.err()).as(String.join(" ", refused)).contains(refused[0]);
            assertThat(outcome.status()).isEqualTo(ExitCode.USER_ERROR);
        }
        assertThat(weir().err()).contains("NAME", "--query");
        assertThat(weir(a, "--query", "x").err()).contains("mutually exclusive");
    }
}
