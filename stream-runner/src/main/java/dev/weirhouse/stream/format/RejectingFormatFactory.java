package dev.weirhouse.stream.format;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.types.RowKind;

/** Flink's way to {@link RejectingFormat}; found by Flink through {@code META-INF/services}. */
public final class RejectingFormatFactory implements DeserializationFormatFactory {

    private static final ConfigOption<Boolean> IGNORE_PARSE_ERRORS =
            ConfigOptions.key("ignore-parse-errors").booleanType().defaultValue(false);
    private static final ConfigOption<Boolean> ALLOW_COMMENTS =
            ConfigOptions.key("allow-comments").booleanType().defaultValue(false);

    @Override
    public RejectingDecodingFormat createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig formatOptions) {
        InnerFormat inner = InnerFormat.discover(this, context, formatOptions);
        return new RejectingDecodingFormat(
                inner.decoding(),
                inner.options().get(IGNORE_PARSE_ERRORS) ? Malformed.DROP : Malformed.REJECT,
                skips(inner.decoding(), inner.options()));
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
        return Set.of(InnerFormat.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(InnerFormat.OPTIONS);
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
