package dev.weirhouse.stream.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.Factory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The format that one of ours stands around.
 *
 * @param decoding reads one message
 * @param options its own options, without its name before them
 */
record InnerFormat(DecodingFormat<DeserializationSchema<RowData>> decoding, Configuration options) {

    static final ConfigOption<String> FORMAT = ConfigOptions.key("format")
            .stringType()
            .noDefaultValue()
            .withDescription("The format that reads the records.");

    static final ConfigOption<Map<String, String>> OPTIONS = ConfigOptions.key("options")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("The inner format's own options, without its name before them.");

    /** The inner format that the options of the outer one name. */
    static InnerFormat discover(Factory outer, DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        FactoryUtil.validateFactoryOptions(outer, formatOptions);
        String name = formatOptions.get(FORMAT);
        if (name.equals(outer.factoryIdentifier())) {
            throw new ValidationException("The format '" + name + "' cannot stand around itself.");
        }
        DeserializationFormatFactory inner =
                FactoryUtil.discoverFactory(context.getClassLoader(), DeserializationFormatFactory.class, name);
        Configuration options = Configuration.fromMap(formatOptions.get(OPTIONS));
        refuseUnknownOptions(inner, options);
        return new InnerFormat(inner.createDecodingFormat(context, options), options);
    }

    /**
     * The options of the same table with the outer format around its own: {@code 'format' = 'csv', 'csv.null-literal' =
     * '-'} becomes {@code 'format' = OUTER, 'OUTER.format' = 'csv', 'OUTER.options.null-literal' = '-'}. Connectors refuse
     * options that do not begin with the name of their format, so the inner format's cannot stay where they are.
     *
     * @param formatKey {@code format}, or one that ends so, such as {@code value.format}
     */
    static Map<String, String> wrap(Map<String, String> tableOptions, String formatKey, String outer) {
        String inner = tableOptions.get(formatKey);
        String space = formatKey.substring(0, formatKey.length() - "format".length());
        String innerPrefix = space + inner + ".";
        String prefix = space + outer + ".";
        Map<String, String> wrapped = new LinkedHashMap<>();
        tableOptions.forEach((key, value) -> {
            if (key.startsWith(innerPrefix)) {
                wrapped.put(prefix + OPTIONS.key() + "." + key.substring(innerPrefix.length()), value);
            } else {
                wrapped.put(key, value);
            }
        });
        wrapped.put(formatKey, outer);
        wrapped.put(prefix + FORMAT.key(), inner);
        return wrapped;
    }

    /** Whether Flink finds a format of a kind; where it does not, it says so in its own words when the table is read. */
    static boolean exists(Class<? extends Factory> kind, String name, ClassLoader loader) {
        try {
            FactoryUtil.discoverFactory(loader, kind, name);
            return true;
        } catch (ValidationException e) {
            return false;
        }
    }

    /** Flink cannot see past {@link #OPTIONS}, which takes any key. */
    private static void refuseUnknownOptions(DeserializationFormatFactory inner, Configuration options) {
        Set<String> known = Stream.concat(inner.requiredOptions().stream(), inner.optionalOptions().stream())
                .flatMap(option -> Stream.concat(
                        Stream.of(option.key()),
                        StreamSupport.stream(option.fallbackKeys().spliterator(), false)
                                .map(FallbackKey::getKey)))
                .flatMap(key -> Stream.concat(
                        Stream.of(key), options.keySet().stream().filter(actual -> actual.startsWith(key + "."))))
                .collect(Collectors.toSet());
        FactoryUtil.validateUnconsumedKeys(inner.factoryIdentifier(), options.keySet(), known);
    }
}
