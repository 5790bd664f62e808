package dev.weirhouse.catalog.flink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.state.StreamSource;
import io.debezium.relational.TableId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.base.source.meta.offset.OffsetFactory;
import org.apache.flink.cdc.connectors.base.source.meta.split.FinishedSnapshotSplitInfo;
import org.apache.flink.cdc.connectors.base.source.meta.split.SnapshotSplit;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitBase;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitSerializer;
import org.apache.flink.cdc.connectors.base.source.meta.split.StreamSplit;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffset;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffsetFactory;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

/** What the PostgreSQL connector writes into checkpoints is read as it was meant. */
final class PostgresPositionsTest {

    private static final String TABLE = "postgres://db:5432/shop.public.orders";
    private static final StreamSource SOURCE = new StreamSource("", TABLE, TABLE, StreamSource.POSTGRES);
    private static final TableId ORDERS = TableId.parse("public.orders", false);
    private static final OffsetFactory OFFSETS = new PostgresOffsetFactory();

    private static final SourceSplitSerializer SERIALIZER = new SourceSplitSerializer() {
        @Override
        public OffsetFactory getOffsetFactory() {
            return OFFSETS;
        }
    };

    private static CheckpointRead read(SourceSplitBase... splits) throws IOException {
        List<byte[]> bytes = new ArrayList<>();
        for (SourceSplitBase split : splits) {
            bytes.add(SimpleVersionedSerialization.writeVersionAndSerialize(SERIALIZER, split));
        }
        return PostgresPositions.read(SOURCE, bytes);
    }

    private static Offset at(long lsn) {
        return OFFSETS.newOffset(new HashMap<>(Map.of("lsn", "" + lsn)));
    }

    private static StreamSplit log(Offset offset, int pieces, Offset... copiedAt) {
        List<FinishedSnapshotSplitInfo> infos = new ArrayList<>();
        for (Offset high : copiedAt) {
            infos.add(new FinishedSnapshotSplitInfo(
                    ORDERS, "orders:" + infos.size(), new Object[] {1L}, new Object[] {9L}, high, OFFSETS));
        }
        return new StreamSplit(
                "stream-split", offset, PostgresOffset.NO_STOPPING_OFFSET, infos, Map.of(), pieces, false, false);
    }

    private static SnapshotSplit piece() {
        RowType key = (RowType)
                DataTypes.ROW(DataTypes.FIELD("id", DataTypes.BIGINT())).getLogicalType();
        return new SnapshotSplit(ORDERS, "orders:0", key, null, null, null, Map.of());
    }

    /** Where transactions were followed. */
    private static Offset after(long committed, long lsn) {
        return OFFSETS.newOffset(new HashMap<>(
                Map.of("lsn", "" + lsn, "lsn_commit", "" + committed, "lsn_proc", "" + lsn, "txId", "733")));
    }

    @Test
    void thePositionIsWhereTheLogWasReadTo() throws IOException {
        CheckpointRead read = read(log(after(0xFFFF_FFF0L, 0x1_0000_00A0L), 2, at(5), at(0x1_0000_00A0L)));
        assertThat(read.position()).hasValue("{\"commit\":\"0/FFFFFFF0\",\"lsn\":\"1/A0\",\"transaction\":733}");
        assertThat(read.exactness()).isEqualTo(CheckpointRead.EXACT);
        assertThat(read.table()).isEqualTo(TABLE);
        CheckpointRead copied = read(log(at(0xFFFF_FFF0L), 1, at(0xFFFF_FFF0L)));
        assertThat(copied.position()).hasValue("{\"lsn\":\"0/FFFFFFF0\"}");
        assertThat(copied.exactness()).isEqualTo(CheckpointRead.EXACT);
        Offset first = OFFSETS.newOffset(new HashMap<>(Map.of("lsn", "15", "lsn_proc", "15")));
        assertThat(read(log(first, 1, at(5))).exactness()).isEqualTo(CheckpointRead.UNKNOWN);
    }

    @Test
    void piecesThatWereCopiedLaterMakeItALowerBound() throws IOException {
        for (CheckpointRead read : List.of(
                read(log(at(16), 2, at(16), at(17))),
                read(log(at(16), 2, at(16))),
                read(log(at(16), 1, at(16)), piece()))) {
            assertThat(read.exactness()).isEqualTo(CheckpointRead.LOWER_BOUND);
            assertThat(read.position()).hasValue("{\"lsn\":\"0/10\"}");
            assertThat(read.reason()).isPresent();
        }
    }

    @Test
    void aCopyThatIsNotCompleteIsOfNoMoment() throws IOException {
        for (CheckpointRead read : List.of(read(), read(piece()), read(log(at(16), 0)))) {
            assertThat(read.exactness()).isEqualTo(CheckpointRead.UNKNOWN);
            assertThat(read.position()).isEmpty();
        }
    }
}
