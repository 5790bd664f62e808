package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaBrokerTest {

    private static final String TOPIC = "readings";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void keepsWhatItIsGivenAlsoForTheNext() throws Exception {
        List<String> given = new ArrayList<>();
        try (KafkaBroker broker = KafkaBroker.start(folder)) {
            assertThat(ListeningSockets.of(broker.pid())).isNotEmpty().allMatch(address -> address.getAddress()
                    .isLoopbackAddress());
            broker.createTopic(TOPIC, 2);
            assertThatThrownBy(() -> broker.createTopic(TOPIC, 2)).hasMessageContaining(TOPIC);
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.idempotence", true),
                    new StringSerializer(),
                    new StringSerializer())) {
                for (int i = 0; i < 100; i++) {
                    given.add("reading " + i);
                    producer.send(new ProducerRecord<>(TOPIC, i % 2, null, "reading " + i))
                            .get();
                }
            }
            assertThat(all(broker, given.size())).containsExactlyInAnyOrderElementsOf(given);
        }
        try (KafkaBroker next = KafkaBroker.start(folder)) {
            assertThat(all(next, given.size())).containsExactlyInAnyOrderElementsOf(given);
        }
    }

    @Test
    void doesNotOutliveWhoStartedIt() throws Exception {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-Dweir.kafka=" + System.getProperty("weir.kafka"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KafkaBrokerOwner.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("owner.log").toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            ProcessHandle broker =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            assertThat(broker.isAlive()).isTrue();
            owner.destroyForcibly();
            Eventually.within(PATIENCE).answers("the broker ends", broker::isAlive, alive -> !alive);
        } finally {
            owner.destroyForcibly();
        }
    }

    private static List<String> all(KafkaBroker broker, int count) {
        List<String> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1)));
            Eventually.within(PATIENCE).holds("all records are there", () -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    records.add(record.value());
                }
                assertThat(records).hasSizeGreaterThanOrEqualTo(count);
            });
        }
        return records;
    }
}
