package dev.weirhouse.catalog.flink.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.state.StreamSource;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.base.source.meta.offset.OffsetFactory;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitBase;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitSerializer;
import org.apache.flink.cdc.connectors.base.source.meta.split.StreamSplit;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffsetFactory;
import org.apache.flink.core.io.SimpleVersionedSerialization;

/**
 * Reads what Flink CDC's incremental source of PostgreSQL writes into checkpoints, with its serializer. It copies the tables
 * in pieces, each as of a place in the log of its own, and then follows the log from the first of these places, where of each
 * piece what it has already is left out. So all is of one moment as soon as the log was read to the last of these places.
 *
 * <p>The connector comes to an installation as a file of its own: where it is missing, this class does not link, and whoever
 * uses it expects that.
 */
final class PostgresPositions {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What Debezium calls the places in the log, and what they are called here. */
    private static final Map<String, String> PLACES = Map.of("lsn", "lsn", "lsn_commit", "commit");

    private static final SourceSplitSerializer SPLITS = new SourceSplitSerializer() {
        private final OffsetFactory offsets = new PostgresOffsetFactory();

        @Override
        public OffsetFactory getOffsetFactory() {
            return offsets;
        }
    };

    private PostgresPositions() {}

    /**
     * How far the log was read, as JSON: {@code {"commit":"0/16B3700","lsn":"0/16B3748"}}, log sequence numbers as
     * PostgreSQL writes them. All transactions up to the one that committed at {@code commit} were read, and of the next that
     * changed the tables, in the order of their commits, what it wrote up to {@code lsn}. Without {@code commit}, what was
     * committed at {@code lsn}.
     *
     * @param splits of all readers
     */
    static CheckpointRead read(StreamSource source, List<byte[]> splits) throws IOException {
        Optional<StreamSplit> log = Optional.empty();
        boolean copies = false;
        for (byte[] bytes : splits) {
            SourceSplitBase split = SimpleVersionedSerialization.readVersionAndDeSerialize(SPLITS, bytes);
            if (split.isStreamSplit()) {
                log = Optional.of(split.asStreamSplit());
            } else {
                copies = true;
            }
        }
        if (log.isEmpty()) {
            return CheckpointRead.unknown(source.table(), source.version(), "its first copy was not complete");
        }
        String position = position(log.get().getStartingOffset());
        return !copies && isOfOneMoment(log.get())
                ? CheckpointRead.at(source.table(), source.version(), position)
                : CheckpointRead.atLeast(
                        source.table(),
                        source.version(),
                        position,
                        "pieces of its first copy were read as of later positions");
    }

    private static boolean isOfOneMoment(StreamSplit log) {
        return log.isCompletedSplit()
                && log.getFinishedSnapshotSplitInfos().stream()
                        .noneMatch(piece -> piece.getHighWatermark().isAfter(log.getStartingOffset()));
    }

    private static String position(Offset offset) throws IOException {
        SortedMap<String, String> places = new TreeMap<>();
        PLACES.forEach((name, called) ->
                Optional.ofNullable(offset.getOffset().get(name)).ifPresent(lsn -> places.put(called, lsn(lsn))));
        return JSON.writeValueAsString(places);
    }

    /** @param lsn 64 bits, as a decimal number */
    private static String lsn(String lsn) {
        long place = Long.parseLong(lsn);
        return "%X/%X".formatted(place >>> Integer.SIZE, place & 0xFFFF_FFFFL);
    }
}
