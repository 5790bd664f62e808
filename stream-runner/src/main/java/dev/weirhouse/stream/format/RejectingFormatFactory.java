package dev.weirhouse.stream.format;

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
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.types.RowKind;

/** Flink's way to {@link RejectingFormat}; found by Flink through {@code META-INF/services}. */
public final class RejectingFormatFactory implements DeserializationFormatFactory {

    static final ConfigOption<String> FORMAT = ConfigOptions.key("format")
            .stringType()
            .noDefaultValue()
            .withDescription("The format that reads the records.");

    static final ConfigOption<Map<String, String>> OPTIONS = ConfigOptions.key("options")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("The inner format's own options, without its name before them.");

    private static final ConfigOption<Boolean> IGNORE_PARSE_ERRORS =
            ConfigOptions.key("ignore-parse-errors").booleanType().defaultValue(false);
    private static final ConfigOption<Boolean> ALLOW_COMMENTS =
            ConfigOptions.key("allow-comments").booleanType().defaultValue(false);

    @Override
    public RejectingDecodingFormat createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        FactoryUtil.validateFactoryOptions(this, formatOptions);
        String name = formatOptions.get(FORMAT);
        if (name.equals(RejectingFormat.IDENTIFIER)) {
            throw new ValidationException("The format '" + name + "' cannot stand around itself.");
        }
        DeserializationFormatFactory inner =
                FactoryUtil.discoverFactory(context.getClassLoader(), DeserializationFormatFactory.class, name);
        Configuration options = Configuration.fromMap(formatOptions.get(OPTIONS));
        refuseUnknownOptions(inner, options);
        DecodingFormat<DeserializationSchema<RowData>> format = inner.createDecodingFormat(context, options);
        return new RejectingDecodingFormat(
                format, options.get(IGNORE_PARSE_ERRORS) ? Malformed.DROP : Malformed.REJECT, skips(format, options));
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

    private static Skips skips(DecodingFormat<?> format, Configuration options) {
        if (!format.getChangelogMode().containsOnly(RowKind.INSERT)) {
            return Skips.EVENTS;
        }
        return options.get(ALLOW_COMMENTS) ? Skips.COMMENTS : Skips.NOTHING;
    }

    @Override
    public String factoryIdentifier() {
        return RejectingFormat.IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(OPTIONS);
    }

    /** What becomes of a malformed record. */
    enum Malformed {
        REJECT,
        /** The user asked the inner format to ignore such records. */
        DROP
    }

    /** The messages that are no records and no faults either; an empty one never is. */
    enum Skips {
        NOTHING,
        /** Lines that begin with {@code #}. */
        COMMENTS,
        /** Those in which a format of change events finds none: it passes over what changes no row, such as DDL. */
        EVENTS
    }
}
