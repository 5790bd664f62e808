package dev.weirhouse.catalog.flink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What the Kafka connector writes into checkpoints is read as it was meant. */
final class KafkaOffsetsTest {

    @Test
    void thePositionIsTheNextOffsetOfEachPartition() throws IOException {
        List<byte[]> splits = new ArrayList<>();
        for (KafkaPartitionSplit split : List.of(
                new KafkaPartitionSplit(new TopicPartition("flights", 10), 20),
                new KafkaPartitionSplit(new TopicPartition("flights", 2), KafkaPartitionSplit.EARLIEST_OFFSET),
                new KafkaPartitionSplit(new TopicPartition("air\"ports", 0), 7, 100))) {
            splits.add(
                    SimpleVersionedSerialization.writeVersionAndSerialize(new KafkaPartitionSplitSerializer(), split));
        }
        assertThat(KafkaOffsets.position(splits))
                .isEqualTo("{\"air\\\"ports\":{\"0\":7},\"flights\":{\"2\":-2,\"10\":20}}");
        assertThat(KafkaOffsets.position(List.of())).isEqualTo("{}");
    }
}
