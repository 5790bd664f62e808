package dev.weirhouse.stream.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.impl.StreamFormatAdapter;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordLinesTest {

    @TempDir
    Path folder;

    @Test
    void aFileIsReadOnceHoweverOftenReadingBeginsAgainWithinIt() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            lines.add(i + "x".repeat(random.nextInt(40)) + (random.nextInt(5) == 0 ? "\r\n" : "\n"));
        }
        Path file = Files.writeString(folder.resolve("file"), String.join("", lines) + "last");
        FileSourceSplit split = new FileSourceSplit(
                "s", new org.apache.flink.core.fs.Path(file.toUri()), 0, Files.size(file), 0, Files.size(file));
        BulkFormat<RowData, FileSourceSplit> format = new StreamFormatAdapter<>(new RecordLines(new Text()));
        List<String> read = new ArrayList<>();
        boolean ended = false;
        for (int restart = 0; !ended; restart++) {
            Configuration config = new Configuration();
            BulkFormat.Reader<RowData> reader = split.getReaderPosition().isEmpty()
                    ? format.createReader(config, split)
                    : format.restoreReader(config, split);
            int stopAfter = restart > 20 ? Integer.MAX_VALUE : random.nextInt(400);
            BulkFormat.RecordIterator<RowData> batch = reader.readBatch();
            while (batch != null && stopAfter > 0) {
                RecordAndPosition<RowData> record = batch.next();
                while (record != null && stopAfter-- > 0) {
                    read.add(record.getRecord().getString(0).toString());
                    split = split.updateWithCheckpointedPosition(
                            new CheckpointedPosition(record.getOffset(), record.getRecordSkipCount()));
                    record = stopAfter > 0 ? batch.next() : null;
                }
                batch = stopAfter > 0 ? reader.readBatch() : batch;
            }
            ended = batch == null;
            reader.close();
        }
        List<String> expected =
                new ArrayList<>(lines.stream().map(String::strip).toList());
        expected.add("last");
        assertThat(read).as("seed %s", seed).isEqualTo(expected);
    }

    private static final class Text extends AbstractDeserializationSchema<RowData> {
        @Override
        public RowData deserialize(byte[] message) {
            return GenericRowData.of(StringData.fromBytes(message));
        }
    }
}
