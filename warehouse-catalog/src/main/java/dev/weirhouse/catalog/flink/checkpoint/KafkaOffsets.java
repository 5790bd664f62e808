package dev.weirhouse.catalog.flink.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerialization;

/**
 * Reads what the Kafka connector's source writes into checkpoints, with its serializer. The connector comes to an installation
 * as a file of its own: where it is missing, this class does not link, and whoever uses it expects that.
 */
final class KafkaOffsets {

    private static final ObjectMapper JSON = new ObjectMapper();

    private KafkaOffsets() {}

    /**
     * The next offset of each partition, by topic, as JSON: {@code {"flights":{"0":17,"1":20}}}. A partition of which nothing
     * was read has a negative one, where reading was to begin otherwise than by number.
     *
     * @param splits of all readers
     */
    static String position(List<byte[]> splits) throws IOException {
        KafkaPartitionSplitSerializer serializer = new KafkaPartitionSplitSerializer();
        SortedMap<String, SortedMap<Integer, Long>> offsets = new TreeMap<>();
        for (byte[] bytes : splits) {
            KafkaPartitionSplit split = SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, bytes);
            offsets.computeIfAbsent(split.getTopic(), topic -> new TreeMap<>())
                    .put(split.getPartition(), split.getStartingOffset());
        }
        return write(offsets);
    }

    private static String write(SortedMap<String, SortedMap<Integer, Long>> offsets) throws JsonProcessingException {
        return JSON.writeValueAsString(offsets);
    }
}
