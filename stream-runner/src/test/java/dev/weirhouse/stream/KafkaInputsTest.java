package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.KafkaBroker;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A commit of a job that reads a topic rests on offsets: as many records lie before them as rows are in the snapshot. */
@WarehouseTest
final class KafkaInputsTest {

    private static final Caller CALLER = Caller.internal("kafka inputs");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 3;

    @TempDir(cleanup = CleanupMode.NEVER)
    private Path folder;

    @Test
    void theOffsetsOfEachCommitAreThoseOfItsRows(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE events (id BIGINT)");
        try (KafkaBroker broker = KafkaBroker.start(folder);
                StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamInputsTest.config(), Clock.systemUTC())) {
            broker.createTopic("events", PARTITIONS);
            jobs.apply(
                    "events",
                    """
                    CREATE TEMPORARY TABLE topic (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'events',
                      'properties.bootstrap.servers' = '%s', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
                    INSERT INTO %s.events SELECT id FROM topic;
                    """
                            .formatted(broker.bootstrapServers(), kit.database()),
                    CALLER);
            try {
                produce(kit, broker);
                jobs.stop("events");
                check(kit, SharedLineage.of(kit), broker);
            } finally {
                jobs.delete("events");
            }
        }
    }

    private static void produce(TestWarehouse kit, KafkaBroker broker) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            int sent = 0;
            for (int round = 1; round <= 10; round++) {
                for (int i = 0; i < 10 * round; i++) {
                    producer.send(new ProducerRecord<>("events", sent % PARTITIONS, null, "{\"id\": " + sent++ + "}"));
                }
                producer.flush();
                int rows = sent;
                Eventually.within(Duration.ofSeconds(60))
                        .answers(
                                "rows of events",
                                () -> {
                                    // As the warehouse does every few seconds: checkpoints are kept for ten.
                                    SharedLineage.of(kit).snapshots().newest(1);
                                    return kit.warehouse()
                                            .records(new TableName(kit.database(), "events"))
                                            .orElse(0L);
                                },
                                count -> count == rows);
            }
        }
    }

    private static void check(TestWarehouse kit, Lineage lineage, KafkaBroker broker) throws Exception {
        Map<Long, Long> rows = new HashMap<>();
        for (List<String> row : kit.run("SELECT snapshot_id, total_record_count FROM `events$snapshots`"
                        + " WHERE commit_kind = 'APPEND'")
                .rows()) {
            rows.put(Long.parseLong(row.get(0)), Long.parseLong(row.get(1)));
        }
        assertThat(rows).hasSizeGreaterThanOrEqualTo(10);
        for (Map.Entry<Long, Long> commit : rows.entrySet()) {
            List<SnapshotEdge> inputs =
                    lineage.snapshots().up(new TableName(kit.database(), "events"), commit.getKey(), 1).edges().stream()
                            .filter(edge -> !edge.written())
                            .toList();
            assertThat(inputs).singleElement().satisfies(input -> {
                assertThat(input.exactness()).as("%s", input).isEqualTo("exact");
                assertThat(input.table()).isEqualTo("kafka://" + broker.bootstrapServers() + "/events");
                long before = 0;
                for (JsonNode offset :
                        JSON.readTree(input.position().orElseThrow()).path("events")) {
                    before += Math.max(0, offset.asLong());
                }
                assertThat(before).isEqualTo(commit.getValue());
            });
        }
    }
}
