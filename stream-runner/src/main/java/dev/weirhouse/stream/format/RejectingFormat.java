package dev.weirhouse.stream.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.FactoryUtil;

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
     * The options of the same table with its format wrapped: {@code 'format' = 'csv', 'csv.null-literal' = '-'} becomes
     * {@code 'format' = 'weir-rejecting', 'weir-rejecting.format' = 'csv', 'weir-rejecting.options.null-literal' = '-'};
     * likewise with {@code 'value.format'}. Connectors refuse options that do not begin with the name of their format, so
     * the inner format's cannot stay where they are.
     *
     * @return empty when the table has no format, or one that reads whole files (parquet, orc) and has no records that
     *     could be rejected one by one
     */
    public static Optional<Map<String, String>> wrap(Map<String, String> tableOptions, ClassLoader loader) {
        for (String formatKey : FORMAT_KEYS) {
            String inner = tableOptions.get(formatKey);
            if (inner != null && !inner.equals(IDENTIFIER) && readsRecords(inner, loader)) {
                return Optional.of(wrap(tableOptions, formatKey, inner));
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> wrap(Map<String, String> tableOptions, String formatKey, String inner) {
        String space = formatKey.substring(0, formatKey.length() - "format".length());
        String innerPrefix = space + inner + ".";
        String prefix = space + IDENTIFIER + ".";
        Map<String, String> wrapped = new LinkedHashMap<>();
        tableOptions.forEach((key, value) -> {
            if (key.startsWith(innerPrefix)) {
                String option = key.substring(innerPrefix.length());
                wrapped.put(prefix + RejectingFormatFactory.OPTIONS.key() + "." + option, value);
            } else {
                wrapped.put(key, value);
            }
        });
        wrapped.put(formatKey, IDENTIFIER);
        wrapped.put(prefix + RejectingFormatFactory.FORMAT.key(), inner);
        return wrapped;
    }

    private static boolean readsRecords(String format, ClassLoader loader) {
        try {
            FactoryUtil.discoverFactory(loader, DeserializationFormatFactory.class, format);
            return true;
        } catch (ValidationException e) {
            // No such format, or none of this kind: Flink says so, in its own words, when the table is read.
            return false;
        }
    }
}
