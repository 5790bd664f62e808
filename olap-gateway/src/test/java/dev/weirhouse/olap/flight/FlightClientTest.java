package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What clients of the protocol do that the JDBC driver never does: cancel, options, tokens, no cookies, bad handles. */
@WarehouseTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FlightClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BufferAllocator allocator = new RootAllocator();
    private TestWarehouse house;
    private OpenDoor open;
    private FlightSqlClient client;

    @BeforeAll
    void openDoor(TestWarehouse warehouse) throws Exception {
        house = warehouse;
        house.run("CREATE TABLE ticks (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100',"
                + " 'number-of-rows' = '100000000')");
        open = OpenDoor.into(house, Map.of());
    }

    @AfterAll
    void closeDoor() {
        open.close();
        allocator.close();
    }

    @BeforeEach
    void connect() {
        client = client(new ClientCookieMiddleware.Factory());
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
        open.gateway().sessions().forEach(open.gateway()::close);
    }

    private FlightSqlClient client(FlightClientMiddleware.Factory... middleware) {
        Location location = Location.forGrpcInsecure("127.0.0.1", open.door().port());
        FlightClient.Builder builder = FlightClient.builder(allocator, location);
        for (FlightClientMiddleware.Factory each : middleware) {
            builder.intercept(each);
        }
        return new FlightSqlClient(builder.build());
    }

    @Test
    void everyItemOfServerInfoIsSent() throws Exception {
        List<Integer> seen = new ArrayList<>();
        try (FlightStream stream = client.getStream(ticket(client.getSqlInfo()))) {
            while (stream.next()) {
                VectorSchemaRoot root = stream.getRoot();
                for (int i = 0; i < root.getRowCount(); i++) {
                    seen.add(((UInt4Vector) root.getVector("info_name")).get(i));
                    assertThat(root.getVector("value").getObject(i)).isNotNull();
                }
            }
        }
        assertThat(seen).hasSize(SqlInfo.values().length - 1);
        FlightInfo two = client.getSqlInfo(SqlInfo.FLIGHT_SQL_SERVER_NAME, SqlInfo.SQL_KEYWORDS);
        assertThat(rows(two)).isEqualTo(2);
    }

    @Test
    void anAnswerSaysItsCutAndWhatComputedIt() throws Exception {
        house.run("CREATE TABLE said (id INT)");
        house.run("INSERT INTO said VALUES (1), (2)");
        String table = house.database() + ".said";
        for (String where : List.of("", " WHERE id > 1", " WHERE id > 9")) {
            assertThat(metadata("SELECT id FROM " + table + where))
                    .as(where)
                    .contains("\"cut\":\"" + table + "=" + table + "@1\"")
                    .contains("\"runId\":\"")
                    .contains("\"answeredBy\":\"NATIVE\"");
            assertThat(metadata("SELECT id FROM " + table + " /*+ OPTIONS('scan.snapshot-id' = '1') */ JOIN"
                            + " (VALUES ('x')) AS v (x) ON UPPER(x) = 'X' AND REVERSE(x) = 'x'" + where))
                    .as(where)
                    .contains("\"cut\":\"" + table + "=" + table + "@1\"")
                    .contains("\"answeredBy\":\"");
        }
        assertThat(metadata("INSERT INTO " + table + " VALUES (3)"))
                .contains("\"cut\":\"; " + table + "=" + table + "\"")
                .doesNotContain("answeredBy");
    }

    private String metadata(String sql) throws Exception {
        try (FlightStream stream = client.getStream(ticket(client.execute(sql)))) {
            assertThat(stream.next()).isTrue();
            ArrowBuf told = stream.getLatestMetadata();
            byte[] text = new byte[(int) told.readableBytes()];
            told.getBytes(0, text);
            while (stream.next()) {
                assertThat(stream.getLatestMetadata()).isNull();
            }
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    @Test
    void aRunningQueryIsCancelledByItsInfo() throws Exception {
        FlightInfo info = client.execute("SELECT i FROM " + house.database() + ".ticks");
        try (FlightStream stream = client.getStream(ticket(info))) {
            assertThat(stream.next()).isTrue();
            assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info))
                            .getStatus())
                    .isEqualTo(CancelStatus.CANCELLED);
            failsWith(FlightStatusCode.CANCELLED, "WEIR-1080", () -> {
                while (stream.next()) {
                    stream.getRoot().clear();
                }
            });
        }
        nothingRuns();
        failsWith(FlightStatusCode.NOT_FOUND, "WEIR-1400", () -> rows(info));
    }

    @Test
    void anAnnouncedQueryIsCancelledBeforeItRuns() {
        FlightInfo info = client.execute("SELECT 1");
        assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
                .isEqualTo(CancelStatus.CANCELLED);
        assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus())
                .isEqualTo(CancelStatus.NOT_CANCELLABLE);
    }

    @Test
    void anAnswerIsTakenOnce() throws Exception {
        FlightInfo info = client.execute("SELECT 1");
        assertThat(rows(info)).isEqualTo(1);
        failsWith(FlightStatusCode.NOT_FOUND, "WEIR-1400", () -> rows(info));
    }

    @Test
    void aStatementWithoutRowsAnswersACountWhenAskedAsAQuery() throws Exception {
        FlightInfo info = client.execute("CREATE TABLE " + house.database() + ".made (i INT)");
        try (FlightStream stream = client.getStream(ticket(info))) {
            assertThat(stream.next()).isTrue();
            assertThat(stream.getRoot().getVector("rows_affected").getObject(0)).isEqualTo(0L);
        }
        assertThat(client.executeUpdate("INSERT INTO " + house.database() + ".made VALUES (1), (2)"))
                .isEqualTo(2);
        failsWith(FlightStatusCode.INVALID_ARGUMENT, "WEIR-1401", () -> client.executeUpdate("SELECT 1"));
    }

    @Test
    void aClientWithoutCookiesIsServedByItsHandles() throws Exception {
        try (FlightSqlClient plain = client()) {
            FlightInfo info = plain.execute("SELECT 1");
            try (FlightStream stream = plain.getStream(ticket(info))) {
                assertThat(stream.next()).isTrue();
            }
            try (PreparedStatement statement = plain.prepare("SELECT 2")) {
                assertThat(statement.getResultSetSchema().getFields()).hasSize(1);
                try (FlightStream stream = plain.getStream(ticket(statement.execute()))) {
                    assertThat(stream.next()).isTrue();
                }
            }
        }
    }

    @Test
    void aTokenLeadsToTheSessionOfItsHandshake() throws Exception {
        try (FlightClient signIn = FlightClient.builder(
                        allocator,
                        Location.forGrpcInsecure("127.0.0.1", open.door().port()))
                .build()) {
            CredentialCallOption token =
                    signIn.authenticateBasicToken("carol", "any").orElseThrow();
            try (FlightSqlClient plain = client()) {
                plain.execute("SELECT 1", token);
                assertThat(options(plain, token)).containsKey("schema");
                assertThat(open.gateway().sessions())
                        .singleElement()
                        .matches(session -> session.caller().principal().equals("carol"));
                assertThat(plain.closeSession(new CloseSessionRequest(), token).getStatus())
                        .isEqualTo(CloseSessionResult.Status.CLOSED);
                failsWith(FlightStatusCode.UNAUTHENTICATED, "WEIR-1070", () -> plain.execute("SELECT 1", token));
            }
        }
    }

    @Test
    void handlesOfOthersAndOfNobodyAreRefused() throws Exception {
        FlightInfo mine = client.execute("SELECT 1");
        try (FlightSqlClient other = client(new ClientCookieMiddleware.Factory())) {
            other.execute("SELECT 1");
            failsWith(FlightStatusCode.NOT_FOUND, "WEIR-1400", () -> read(other, ticket(mine)));
        }
        Ticket invented = new Ticket(Any.pack(TicketStatementQuery.newBuilder()
                        .setStatementHandle(ByteString.copyFromUtf8("made up"))
                        .build())
                .toByteArray());
        failsWith(FlightStatusCode.NOT_FOUND, "WEIR-1400", () -> read(client, invented));
        try (FlightSqlClient plain = client()) {
            failsWith(FlightStatusCode.NOT_FOUND, "WEIR-1400", () -> read(plain, invented));
        }
    }

    @Test
    void sessionOptionsAreSettings() {
        SetSessionOptionsResult result = set(Map.of(
                "catalog", text("weirhouse"),
                "schema", text(house.database()),
                "table.exec.resource.default-parallelism", SessionOptionValueFactory.makeSessionOptionValue(1L)));
        assertThat(result.hasErrors()).isFalse();
        Map<String, SessionOptionValue> options = options(client);
        assertThat(options.get("schema")).isEqualTo(text(house.database()));
        assertThat(options.get("table.exec.resource.default-parallelism")).isEqualTo(text("1"));
    }

    @Test
    void optionsThatAreWrongAreNamedOneByOne() {
        SetSessionOptionsResult result = set(Map.of(
                "catalog", text("other"),
                "schema", text("nowhere"),
                "security.kerberos.login.keytab", text("/etc/passwd"),
                "table.local-time-zone", text("Asia/Tokyo")));
        assertThat(result.getErrors()).containsOnlyKeys("catalog", "schema", "security.kerberos.login.keytab");
        assertThat(result.getErrors().get("security.kerberos.login.keytab").value)
                .isEqualTo(SetSessionOptionsResult.ErrorValue.INVALID_NAME);
        assertThat(options(client).get("table.local-time-zone")).isEqualTo(text("Asia/Tokyo"));
    }

    @Test
    void errorsCarryTheirCodeInTrailers() {
        assertThatThrownBy(() -> client.execute("SELECT * FROM nowhere"))
                .isInstanceOfSatisfying(FlightRuntimeException.class, e -> {
                    assertThat(e.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND);
                    assertThat(e.status().metadata().get("weir-code")).isEqualTo("WEIR-1046");
                    assertThat(e.status().metadata().get("weir-sqlstate")).isEqualTo("42P01");
                    assertThat(e.status().metadata().get("weir-position")).isEqualTo("1:15");
                });
    }

    private static SessionOptionValue text(String value) {
        return SessionOptionValueFactory.makeSessionOptionValue(value);
    }

    private SetSessionOptionsResult set(Map<String, SessionOptionValue> options) {
        return client.setSessionOptions(new SetSessionOptionsRequest(options));
    }

    private static Map<String, SessionOptionValue> options(FlightSqlClient client, CallOption... callOptions) {
        return client.getSessionOptions(new GetSessionOptionsRequest(), callOptions)
                .getSessionOptions();
    }

    private static Ticket ticket(FlightInfo info) {
        return info.getEndpoints().get(0).getTicket();
    }

    private long rows(FlightInfo info) throws Exception {
        return read(client, ticket(info));
    }

    private static long read(FlightSqlClient from, Ticket ticket) throws Exception {
        long rows = 0;
        try (FlightStream stream = from.getStream(ticket)) {
            while (stream.next()) {
                rows += stream.getRoot().getRowCount();
            }
        }
        return rows;
    }

    private void nothingRuns() {
        Eventually.within(PATIENCE)
                .answers("nothing runs", () -> open.gateway().runningQueries(), running -> running == 0);
    }

    private static void failsWith(FlightStatusCode status, String code, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(status))
                .hasMessageContaining(code);
    }
}
