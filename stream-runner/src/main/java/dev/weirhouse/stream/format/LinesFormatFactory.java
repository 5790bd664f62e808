package dev.weirhouse.stream.format;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.file.table.factories.BulkReaderFormatFactory;
import org.apache.flink.connector.file.table.format.BulkDecodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;

/**
 * A format of messages over files as it is, one message a line: what cannot be read fails the job. Found by Flink through
 * {@code META-INF/services}.
 */
public final class LinesFormatFactory implements BulkReaderFormatFactory {

    /** What stands in {@code 'format'}. */
    static final String IDENTIFIER = "weir-lines";

    /**
     * The options of the same table over files with this format around its own.
     *
     * @return empty when the table is none of files, or Flink reads its format from files itself (csv, parquet, …)
     */
    public static Optional<Map<String, String>> wrap(Map<String, String> tableOptions, ClassLoader loader) {
        String inner = tableOptions.get("format");
        return "filesystem".equals(tableOptions.get("connector"))
                        && inner != null
                        && InnerFormat.exists(DeserializationFormatFactory.class, inner, loader)
                        && !InnerFormat.exists(BulkReaderFormatFactory.class, inner, loader)
                ? Optional.of(InnerFormat.wrap(tableOptions, "format", IDENTIFIER))
                : Optional.empty();
    }

    @Override
    public BulkDecodingFormat<RowData> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        return new LinesDecodingFormat(
                InnerFormat.discover(this, context, formatOptions).decoding());
    }

    @Override
    public String factoryIdentifier() {
        return IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(InnerFormat.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(InnerFormat.OPTIONS);
    }
}
