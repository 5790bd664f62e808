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

    private static final SourceSplitSerializer SPLITS = new SourceSplitSerializer() {
        private final OffsetFactory offsets = new PostgresOffsetFactory();

        @Override
        public OffsetFactory getOffsetFactory() {
            return offsets;
        }
    };

    private PostgresPositions() {}

    /**
     * How far the log was read, as JSON: {@code {"commit":"0/16B3700","lsn":"0/16B3748","transaction":733}}, log sequence
     * numbers as PostgreSQL writes them. All that had committed at {@code commit} was read, and of the transaction, if it
     * committed after that, what it wrote up to {@code lsn}; from there the connector goes on. Where no transaction was followed
     * yet it is {@code {"lsn":"0/16B3700"}}, and what had committed there was read. The places do not tell whether the
     * transaction is the one that committed: what begins right after a commit begins at its place.
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
            return unknown(source, "its first copy was not complete");
        }
        if (log.get().getTotalFinishedSplitSize() == 0) {
            return unknown(source, "it followed the log without a first copy: what was there before was not read");
        }
        Map<String, String> offset = log.get().getStartingOffset().getOffset();
        boolean follows = offset.containsKey("lsn_proc");
        if (follows && offset.get("lsn_commit") == null) {
            return unknown(source, "it stood within the first transaction after its first copy");
        }
        String position = position(offset, follows);
        return !copies && isOfOneMoment(log.get())
                ? CheckpointRead.at(source.table(), source.version(), position)
                : CheckpointRead.atLeast(
                        source.table(),
                        source.version(),
                        position,
                        "pieces of its first copy were read as of later positions");
    }

    /** @param offset as Debezium writes it */
    private static String position(Map<String, String> offset, boolean follows) throws IOException {
        SortedMap<String, Object> position = new TreeMap<>();
        position.put("lsn", lsn(offset.get("lsn")));
        if (follows) {
            position.put("commit", lsn(offset.get("lsn_commit")));
            Optional.ofNullable(offset.get("txId")).ifPresent(id -> position.put("transaction", Long.parseLong(id)));
        }
        return JSON.writeValueAsString(position);
    }

    private static boolean isOfOneMoment(StreamSplit log) {
        return log.isCompletedSplit()
                && log.getFinishedSnapshotSplitInfos().stream()
                        .noneMatch(piece -> piece.getHighWatermark().isAfter(log.getStartingOffset()));
    }

    private static CheckpointRead unknown(StreamSource source, String reason) {
        return CheckpointRead.unknown(source.table(), source.version(), reason);
    }

    /** @param lsn 64 bits, as a decimal number */
    private static String lsn(String lsn) {
        long place = Long.parseLong(lsn);
        return "%X/%X".formatted(place >>> Integer.SIZE, place & 0xFFFF_FFFFL);
    }
}
