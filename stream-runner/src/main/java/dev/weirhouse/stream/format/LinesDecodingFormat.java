package dev.weirhouse.stream.format;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.impl.StreamFormatAdapter;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.table.format.BulkDecodingFormat;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/**
 * A format of messages over files, one message a line.
 *
 * <p>Flink's own way from a format of messages to files ({@code DeserializationSchemaAdapter} in 1.20) forgets, when it
 * begins within a file, how many records it passed over: a second beginning within the same file then reads some of them
 * again. {@link StreamFormatAdapter} counts rightly, so files are read through that.
 */
final class LinesDecodingFormat implements BulkDecodingFormat<RowData> {

    private final DecodingFormat<DeserializationSchema<RowData>> messages;

    LinesDecodingFormat(DecodingFormat<DeserializationSchema<RowData>> messages) {
        this.messages = messages;
    }

    @Override
    public BulkFormat<RowData, FileSourceSplit> createRuntimeDecoder(
            DynamicTableSource.Context context, DataType physicalType) {
        return new StreamFormatAdapter<>(new RecordLines(messages.createRuntimeDecoder(context, physicalType)));
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return messages.getChangelogMode();
    }
}
