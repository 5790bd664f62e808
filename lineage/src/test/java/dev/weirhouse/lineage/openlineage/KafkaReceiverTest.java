package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.lineage.openlineage.EventReceiver.Outcome;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.KafkaBroker;
import dev.weirhouse.testkit.ServerCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker gets every event, in order, under its job's name. */
final class KafkaReceiverTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String TOPIC = "openlineage";

    @TempDir
    private Path folder;

    private static List<String> events(int count) {
        return IntStream.range(0, count)
                .mapToObj(each -> "{\"n\":" + each + ",\"job\":{\"namespace\":\"weirhouse\",\"name\":\"cleaning\"}}")
                .toList();
    }

    @Test
    void everyEventArrivesInOrder() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"))) {
            broker.createTopic(TOPIC, 1);
            String large = "{\"job\":{},\"n\":\"" + "x".repeat(2_000_000) + "\"}";
            try (KafkaReceiver receiver = new KafkaReceiver(broker.bootstrapServers(), TOPIC, TIMEOUT, Map.of())) {
                assertThat(receiver.send(events(200))).isEqualTo(Outcome.taken(200));
                Outcome outcome = receiver.send(List.of(large, events(1).get(0)));
                assertThat(outcome.settled()).isEqualTo(2);
                assertThat(outcome.refused()).isEqualTo(1);
            }
            List<ConsumerRecord<String, String>> got = read(broker, 201);
            assertThat(got.subList(0, 200)).extracting(ConsumerRecord::value).isEqualTo(events(200));
            assertThat(got).extracting(ConsumerRecord::key).containsOnly("run:weirhouse/cleaning");
        }
    }

    @Test
    void aTopicOrABrokerThatIsNotThereSettlesNothing() throws Exception {
        try (KafkaReceiver nobody =
                new KafkaReceiver("127.0.0.1:" + ServerCommand.freePort(), TOPIC, Duration.ofSeconds(2), Map.of())) {
            Outcome outcome = nobody.send(events(1));
            assertThat(outcome.settled()).isZero();
            assertThat(outcome.problem()).isPresent();
        }
        try (KafkaReceiver wrong = new KafkaReceiver("no address", TOPIC, Duration.ofSeconds(2), Map.of())) {
            assertThat(wrong.send(events(1)).settled()).isZero();
        }
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("other"));
                KafkaReceiver receiver =
                        new KafkaReceiver(broker.bootstrapServers(), TOPIC, Duration.ofSeconds(2), Map.of())) {
            assertThat(receiver.send(events(1)).settled()).isZero();
            broker.createTopic(TOPIC, 1);
            Eventually.within(Duration.ofSeconds(60))
                    .answers("it is taken", () -> receiver.send(events(1)), taken -> taken.settled() == 1);
        }
    }

    private static List<ConsumerRecord<String, String>> read(KafkaBroker broker, int count) {
        List<ConsumerRecord<String, String>> got = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return Eventually.within(Duration.ofSeconds(60))
                    .answers(
                            "all records are read",
                            () -> {
                                consumer.poll(Duration.ofMillis(200)).forEach(got::add);
                                return got;
                            },
                            all -> all.size() >= count);
        }
    }
}
