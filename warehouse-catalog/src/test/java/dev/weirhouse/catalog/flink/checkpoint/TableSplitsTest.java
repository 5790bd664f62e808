package dev.weirhouse.catalog.flink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.flink.checkpoint.CheckpointFile.Coordinated;
import dev.weirhouse.catalog.flink.checkpoint.CheckpointFile.SourceState;
import dev.weirhouse.catalog.state.StreamSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.flink.source.FileStoreSourceSplit;
import org.apache.paimon.flink.source.FileStoreSourceSplitGenerator;
import org.apache.paimon.flink.source.FileStoreSourceSplitSerializer;
import org.apache.paimon.flink.source.PendingSplitsCheckpoint;
import org.apache.paimon.flink.source.PendingSplitsCheckpointSerializer;
import org.apache.paimon.flink.source.SimpleSourceSplit;
import org.apache.paimon.flink.source.SimpleSourceSplitSerializer;
import org.apache.paimon.flink.source.operator.MonitorSource;
import org.apache.paimon.fs.Path;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaManager;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.FileStoreTableFactory;
import org.apache.paimon.table.sink.BatchTableCommit;
import org.apache.paimon.table.sink.BatchTableWrite;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.table.source.StreamTableScan;
import org.apache.paimon.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Paimon's sources write into checkpoints, made of real splits by Paimon's serializers, is read as it was meant. */
final class TableSplitsTest {

    private static final StreamSource SOURCE = new StreamSource("00", "d.t", "d.t", StreamSource.PAIMON);
    private static final FileStoreSourceSplitSerializer SERIALIZER = new FileStoreSourceSplitSerializer();

    @TempDir
    private java.nio.file.Path folder;

    private FileStoreTable table;

    /** Of each snapshot, from the first, the splits that a source plans. */
    private final List<List<FileStoreSourceSplit>> planned = new ArrayList<>();

    @BeforeEach
    void make() throws Exception {
        Path path = new Path(folder.resolve("t").toUri());
        LocalFileIO files = LocalFileIO.create();
        new SchemaManager(files, path)
                .createTable(Schema.newBuilder()
                        .column("id", DataTypes.INT())
                        .option("bucket", "2")
                        .option("bucket-key", "id")
                        .build());
        table = FileStoreTableFactory.create(files, path);
        StreamTableScan scan = table.newReadBuilder().newStreamScan();
        FileStoreSourceSplitGenerator generator = new FileStoreSourceSplitGenerator();
        for (int snapshot = 1; snapshot <= 3; snapshot++) {
            write(snapshot * 100);
            planned.add(generator.createSplits(scan.plan()));
        }
        assertThat(planned).allMatch(splits -> splits.size() == 2);
    }

    private void write(int rows) throws Exception {
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (BatchTableWrite write = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            for (int i = 0; i < rows; i++) {
                write.write(GenericRow.of(i));
            }
            commit.commit(write.prepareCommit());
        }
    }

    private CheckpointRead read(Long next, List<FileStoreSourceSplit> pending, List<FileStoreSourceSplit> given)
            throws IOException {
        PendingSplitsCheckpointSerializer coordinator = new PendingSplitsCheckpointSerializer(SERIALIZER);
        List<byte[]> readers = new ArrayList<>();
        for (FileStoreSourceSplit split : given) {
            readers.add(SimpleVersionedSerialization.writeVersionAndSerialize(SERIALIZER, split));
        }
        SourceState state = new SourceState(
                Optional.of(new Coordinated(
                        coordinator.getVersion(), coordinator.serialize(new PendingSplitsCheckpoint(pending, next)))),
                readers);
        return TableSnapshots.read(SOURCE, Optional.of(table), TableSplits.progress(state));
    }

    private static String told(CheckpointRead read) {
        return read.exactness() + " " + read.snapshot().orElse(-1);
    }

    @Test
    void whatLeavesNothingUnreadIsExact() throws Exception {
        assertThat(told(read(4L, List.of(), List.of()))).isEqualTo("exact 3");
        assertThat(told(read(2L, List.of(), List.of()))).isEqualTo("exact 1");
        assertThat(told(read(null, List.of(), List.of()))).isEqualTo("exact 0");
    }

    @Test
    void whatWasPlannedAndNotBegunIsNotRead() throws Exception {
        assertThat(told(read(4L, planned.get(2), List.of()))).isEqualTo("exact 2");
        assertThat(told(read(4L, planned.get(2).subList(0, 1), planned.get(2).subList(1, 2))))
                .isEqualTo("exact 2");
        List<FileStoreSourceSplit> both = new ArrayList<>(planned.get(1));
        both.addAll(planned.get(2));
        assertThat(told(read(4L, both, List.of()))).isEqualTo("exact 1");
    }

    @Test
    void aSnapshotThatIsCutInTwoLeavesTheOneBeforeAsALowerBound() throws Exception {
        CheckpointRead oneOfTwo = read(4L, planned.get(2).subList(0, 1), List.of());
        assertThat(told(oneOfTwo)).isEqualTo("lower bound 2");
        assertThat(oneOfTwo.reason()).contains("the checkpoint was taken in the middle of snapshot 3");
        FileStoreSourceSplit split = planned.get(2).get(0);
        FileStoreSourceSplit begun = new FileStoreSourceSplit(split.splitId(), split.split(), 5);
        assertThat(told(read(4L, planned.get(2).subList(1, 2), List.of(begun)))).isEqualTo("lower bound 2");
        // Another bucket was faster, and is in the next snapshot already.
        assertThat(told(read(4L, List.of(planned.get(1).get(0), planned.get(2).get(0)), List.of())))
                .isEqualTo("lower bound 1");
        // All of a snapshot is left, and of the one after it a part is read.
        List<FileStoreSourceSplit> left = new ArrayList<>(planned.get(1));
        left.add(planned.get(2).get(1));
        assertThat(told(read(4L, left, List.of()))).isEqualTo("lower bound 1");
    }

    @Test
    void whatWasThereWhenItBeganIsReadAsOne() throws Exception {
        CheckpointRead read = read(2L, planned.get(0).subList(0, 1), List.of());
        assertThat(told(read)).isEqualTo("lower bound 0");
        assertThat(read.reason().orElseThrow()).contains("when it began, at snapshot 1");
    }

    @Test
    void withoutTheTableOnlyWhatIsSureIsTold() throws Exception {
        table.fileIO().deleteQuietly(table.snapshotManager().snapshotPath(3));
        assertThat(told(read(4L, planned.get(2), List.of()))).isEqualTo("lower bound 2");
        TableProgress all = TableSplits.progress(new SourceState(
                Optional.of(new Coordinated(
                        new PendingSplitsCheckpointSerializer(SERIALIZER).getVersion(),
                        new PendingSplitsCheckpointSerializer(SERIALIZER)
                                .serialize(new PendingSplitsCheckpoint(List.of(), 3L)))),
                List.of()));
        assertThat(TableSnapshots.read(SOURCE, Optional.empty(), all).exactness())
                .isEqualTo("unknown");
    }

    @Test
    void aWatchedTableTellsTheNextSnapshot() throws Exception {
        SourceReader<Split, SimpleSourceSplit> reader =
                new MonitorSource(table.newReadBuilder(), 1_000, false, false).createReader(null);
        assertThat(watched(reader.snapshotState(1))).isEqualTo("exact 0");
        reader.pollNext(new Nowhere());
        assertThat(watched(reader.snapshotState(2))).isEqualTo("exact 3");
        write(1);
        assertThat(watched(reader.snapshotState(3))).isEqualTo("exact 3");
        reader.pollNext(new Nowhere());
        assertThat(watched(reader.snapshotState(4))).isEqualTo("exact 4");
        assertThatThrownBy(() -> watched(List.of(new SimpleSourceSplit("another name"))))
                .hasMessageContaining("not known");
    }

    private String watched(List<SimpleSourceSplit> kept) throws IOException {
        List<byte[]> readers = new ArrayList<>();
        for (SimpleSourceSplit split : kept) {
            readers.add(
                    SimpleVersionedSerialization.writeVersionAndSerialize(new SimpleSourceSplitSerializer(), split));
        }
        SourceState state = new SourceState(Optional.empty(), readers);
        return told(TableSnapshots.read(SOURCE, Optional.of(table), TableSplits.watched(state)));
    }

    /** Where the splits go that a watching source hands on. */
    private static final class Nowhere implements ReaderOutput<Split> {
        @Override
        public void collect(Split split) {}

        @Override
        public void collect(Split split, long timestamp) {}

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<Split> createOutputForSplit(String splitId) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }
}
