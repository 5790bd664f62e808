package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.lineage.openlineage.EventReceiver.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers that fail at times get every event, in order. */
final class ReceiversTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private HttpServer server;
    private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<String> keys = Collections.synchronizedList(new ArrayList<>());

    /** What the server answers next; 201 when there is nothing. */
    private final Deque<Integer> answers = new ArrayDeque<>();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/lineage", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status;
            synchronized (answers) {
                status = answers.isEmpty() ? 201 : answers.poll();
            }
            if (status == 201) {
                taken.add(body);
                keys.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                        + exchange.getRequestHeaders().getFirst("X-Tenant"));
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private HttpReceiver http() {
        return new HttpReceiver(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api/v1/lineage"),
                TIMEOUT,
                "secret",
                Map.of("X-Tenant", "blue"));
    }

    private static List<String> events(int count) {
        return IntStream.range(0, count)
                .mapToObj(each -> "{\"n\":" + each + "}")
                .toList();
    }

    @Test
    void anEventIsPostedWithItsKey() throws Exception {
        try (HttpReceiver receiver = http()) {
            assertThat(receiver.send(events(2))).isEqualTo(Outcome.taken(2));
        }
        assertThat(taken).isEqualTo(events(2));
        assertThat(keys).containsOnly("Bearer secret blue");
    }

    @Test
    void whatIsWrongIsGivenUpAndWhatIsLateIsNot() throws Exception {
        answers.addAll(List.of(201, 422, 201, 503));
        try (HttpReceiver receiver = http()) {
            Outcome outcome = receiver.send(events(5));
            assertThat(outcome.settled()).isEqualTo(3);
            assertThat(outcome.refused()).isEqualTo(1);
            assertThat(outcome.problem()).contains("it answers 503");
        }
        assertThat(taken).containsExactly("{\"n\":0}", "{\"n\":2}");
    }

    @Test
    void nobodyAtHomeSettlesNothing() throws Exception {
        server.stop(0);
        try (HttpReceiver receiver = http()) {
            Outcome outcome = receiver.send(events(1));
            assertThat(outcome.settled()).isZero();
            assertThat(outcome.problem()).isPresent();
        }
    }

    @Test
    void aReceiverThatFailsAtTimesGetsEverythingInOrder() throws Exception {
        for (int i = 0; i < 40; i++) {
            answers.addAll(i % 7 == 3 ? List.of(500, 429, 302) : List.of(201));
        }
        List<String> events = events(60);
        long now = 0;
        try (EventJournal journal = EventJournal.open(folder.resolve("journal"), 1 << 20, List.of("http"))) {
            Delivery delivery = new Delivery(http(), journal);
            journal.add(events);
            int rounds = 0;
            while (delivery.sent() < events.size() && rounds++ < 100) {
                delivery.deliver(now);
                // The longest of its pauses.
                now += Duration.ofMinutes(1).toMillis();
            }
            assertThat(delivery.refused()).isZero();
            assertThat(delivery.waiting()).isZero();
        }
        assertThat(taken).isEqualTo(events);
    }

    @Test
    void aReceiverThatFailedIsLeftInPeaceForAWhile() throws Exception {
        answers.addAll(List.of(500, 500));
        try (EventJournal journal = EventJournal.open(folder.resolve("journal"), 1 << 20, List.of("http"))) {
            Delivery delivery = new Delivery(http(), journal);
            journal.add(events(1));
            delivery.deliver(0);
            delivery.deliver(999);
            assertThat(answers).as("a second is not over").hasSize(1);
            delivery.deliver(1_000);
            delivery.deliver(2_999);
            assertThat(taken).as("nor are two").isEmpty();
            delivery.deliver(3_000);
            assertThat(taken).hasSize(1);
        }
    }

    @Test
    void aFileGetsALineEachAndMayBeMovedAway() throws Exception {
        Path file = folder.resolve("out").resolve("events.jsonl");
        try (FileReceiver receiver = new FileReceiver(file)) {
            assertThat(receiver.send(events(2))).isEqualTo(Outcome.taken(2));
            Files.writeString(file, Files.readString(file) + "{\"half");
            receiver.send(List.of("{}"));
            assertThat(Files.readAllLines(file)).containsExactly("{\"n\":0}", "{\"n\":1}", "{\"half", "{}");
            Files.move(file, folder.resolve("moved"));
            receiver.send(List.of("{}"));
            assertThat(Files.readAllLines(file)).containsExactly("{}");
        }
        Files.createDirectory(folder.resolve("folder"));
        try (FileReceiver receiver = new FileReceiver(folder.resolve("folder"))) {
            assertThat(receiver.send(events(1)).settled()).isZero();
        }
    }

    @Test
    void aConfigurationIsRefusedWithWhatIsWrong() {
        assertThatThrownBy(() -> config(Map.of("lineage.openlineage.http.url", "marquez:5000")))
                .isInstanceOf(WarehouseException.class)
                .hasMessageContaining("lineage.openlineage.http.url");
        assertThatThrownBy(() -> config(Map.of("lineage.openlineage.kafka.brokers", "broker:9092")))
                .isInstanceOf(WarehouseException.class)
                .hasMessageContaining("brokers and topic are set together");
        assertThat(Receivers.of(config(Map.of()))).isEmpty();
        assertThat(Receivers.of(config(Map.of(
                        "lineage.openlineage.http.url", "http://marquez:5000/api/v1/lineage",
                        "lineage.openlineage.file.path", "events.jsonl"))))
                .extracting(EventReceiver::name)
                .containsExactly("http", "file");
    }

    private static OpenLineageConfig config(Map<String, String> values) {
        return ConfigReader.read(OpenLineageConfig.class, values);
    }
}
