package dev.weirhouse.stream.format;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.impl.StreamFormatAdapter;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.table.factories.BulkReaderFormatFactory;
import org.apache.flink.connector.file.table.format.BulkDecodingFormat;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.DataType;

/**
 * The rejecting format over files, one record a line.
 *
 * <p>Flink's own way from a format of messages to files ({@code DeserializationSchemaAdapter} in 1.20) forgets, when it
 * begins within a file, how many records it passed over: a second beginning within the same file then reads some of them
 * again. {@link StreamFormatAdapter} counts rightly, so files are read through that.
 */
public final class RejectingLinesFactory implements BulkReaderFormatFactory {

    private final RejectingFormatFactory records = new RejectingFormatFactory();

    @Override
    public BulkDecodingFormat<RowData> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        return new LinesDecodingFormat(records.createDecodingFormat(context, formatOptions));
    }

    @Override
    public String factoryIdentifier() {
        return RejectingFormat.IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return records.requiredOptions();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return records.optionalOptions();
    }

    private record LinesDecodingFormat(RejectingDecodingFormat records)
            implements BulkDecodingFormat<RowData>, ProjectableDecodingFormat<BulkFormat<RowData, FileSourceSplit>> {
        @Override
        public BulkFormat<RowData, FileSourceSplit> createRuntimeDecoder(
                DynamicTableSource.Context context, DataType physicalType, int[][] projections) {
            return new StreamFormatAdapter<>(
                    new RecordLines(records.createRuntimeDecoder(context, physicalType, projections)));
        }

        @Override
        public BulkFormat<RowData, FileSourceSplit> createRuntimeDecoder(
                DynamicTableSource.Context context, DataType physicalType) {
            return ProjectableDecodingFormat.super.createRuntimeDecoder(context, physicalType);
        }

        @Override
        public ChangelogMode getChangelogMode() {
            return records.getChangelogMode();
        }
    }
}
