package dev.weirhouse.stream.format;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.factories.DeserializationFormatFactory;

/** The names that a table with a rejecting format has to carry, and the way there from a table's own options. */
public final class RejectingFormat {

    /** What stands in {@code 'format'}. */
    public static final String IDENTIFIER = "weir-rejecting";

    /** The column, {@code STRING}, with the text of a record that was rejected; else null. */
    public static final String RAW_COLUMN = "__weir_raw";

    /** The column, {@code STRING}, with the reason why a record was rejected; else null. */
    public static final String ERROR_COLUMN = "__weir_error";

    /** The Flink counter of rejected records; the filesystem connector gives its formats no metrics to count in. */
    public static final String METRIC = "numRecordsRejected";

    private static final List<String> FORMAT_KEYS = List.of("format", "value.format");

    private RejectingFormat() {}

    /**
     * The options of the same table with this format around the one in {@code format} or {@code value.format}.
     *
     * @return empty when the table has no format, or one that reads whole files (parquet, orc) and has no records that
     *     could be rejected one by one
     */
    public static Optional<Map<String, String>> wrap(Map<String, String> tableOptions, ClassLoader loader) {
        for (String formatKey : FORMAT_KEYS) {
            String inner = tableOptions.get(formatKey);
            if (inner != null
                    && !inner.equals(IDENTIFIER)
                    && InnerFormat.exists(DeserializationFormatFactory.class, inner, loader)) {
                return Optional.of(InnerFormat.wrap(tableOptions, formatKey, IDENTIFIER));
            }
        }
        return Optional.empty();
    }
}
