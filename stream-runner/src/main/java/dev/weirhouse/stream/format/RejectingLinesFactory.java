package dev.weirhouse.stream.format;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.file.table.factories.BulkReaderFormatFactory;
import org.apache.flink.connector.file.table.format.BulkDecodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;

/** The rejecting format over files, one record a line; found by Flink through {@code META-INF/services}. */
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
}
