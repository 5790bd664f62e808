package dev.weirhouse.stream.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.conversion.RowRowConverter;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.Row;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.UserCodeClassLoader;

/** A table's decoder as a connector with strict validation (Kafka's) makes it: planned, shipped, opened. */
final class Decoder {

    private final DeserializationSchema<RowData> schema;
    private final DataType type;
    private final RowRowConverter converter;
    private final RowDataSerializer serializer;
    private final Map<String, Counter> counters = new HashMap<>();

    private Decoder(DeserializationSchema<RowData> schema, DataType type) throws Exception {
        this.schema = InstantiationUtil.clone(schema);
        this.type = type;
        this.converter = RowRowConverter.create(type);
        converter.open(Decoder.class.getClassLoader());
        this.serializer = new RowDataSerializer((RowType) type.getLogicalType());
        this.schema.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return new UnregisteredMetricsGroup() {
                    @Override
                    public Counter counter(String name) {
                        return counters.computeIfAbsent(name, super::counter);
                    }
                };
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                throw new UnsupportedOperationException("the filesystem connector has none either");
            }
        });
    }

    /** The decoder of a table with these columns, wrapped. */
    static Decoder rejecting(Map<String, String> options, Field... columns) throws Exception {
        List<Field> all = withTextColumns(columns);
        return rejecting(
                options, List.of(columns), all.stream().map(Field::getName).toArray(String[]::new));
    }

    /** The decoder of a table with these columns, wrapped, that produces some of them. */
    static Decoder rejecting(Map<String, String> options, List<Field> columns, String... produced) throws Exception {
        Map<String, String> wrapped =
                RejectingFormat.wrap(options, Decoder.class.getClassLoader()).orElseThrow();
        return create(wrapped, withTextColumns(columns.toArray(Field[]::new)), List.of(), produced);
    }

    /** The decoder of a table with these columns, wrapped, followed by its format's metadata. */
    static Decoder rejectingWithMetadata(Map<String, String> options, List<String> metadata, Field... columns)
            throws Exception {
        Map<String, String> wrapped =
                RejectingFormat.wrap(options, Decoder.class.getClassLoader()).orElseThrow();
        List<Field> all = withTextColumns(columns);
        return create(wrapped, all, metadata, all.stream().map(Field::getName).toArray(String[]::new));
    }

    /** The decoder that Flink makes of the same table. */
    static Decoder plain(Map<String, String> options, Field... columns) throws Exception {
        List<Field> all = List.of(columns);
        return create(options, all, List.of(), all.stream().map(Field::getName).toArray(String[]::new));
    }

    static Decoder create(Map<String, String> options, List<Field> columns, List<String> metadata, String... produced)
            throws Exception {
        DataType physical = DataTypes.ROW(columns).notNull();
        FactoryUtil.TableFactoryHelper helper = helper(options, columns);
        DecodingFormat<DeserializationSchema<RowData>> format =
                helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        Projection projection = Projection.fromFieldNames(physical, List.of(produced));
        List<Field> fields = new ArrayList<>(DataType.getFields(projection.project(physical)));
        if (!metadata.isEmpty()) {
            Map<String, DataType> readable = format.listReadableMetadata();
            metadata.forEach(key -> fields.add(DataTypes.FIELD(key, readable.get(key))));
            format.applyReadableMetadata(metadata);
        }
        DeserializationSchema<RowData> schema = ((ProjectableDecodingFormat<DeserializationSchema<RowData>>) format)
                .createRuntimeDecoder(ScanRuntimeProviderContext.INSTANCE, physical, projection.toNestedIndexes());
        return new Decoder(schema, DataTypes.ROW(fields).notNull());
    }

    private static List<Field> withTextColumns(Field... columns) {
        List<Field> all = new ArrayList<>(List.of(columns));
        all.add(DataTypes.FIELD(RejectingFormat.RAW_COLUMN, DataTypes.STRING()));
        all.add(DataTypes.FIELD(RejectingFormat.ERROR_COLUMN, DataTypes.STRING()));
        return all;
    }

    private static FactoryUtil.TableFactoryHelper helper(Map<String, String> options, List<Field> columns) {
        ResolvedSchema schema = ResolvedSchema.of(columns.stream()
                .<Column>map(field -> Column.physical(field.getName(), field.getDataType()))
                .toList());
        CatalogTable table = CatalogTable.newBuilder()
                .schema(Schema.newBuilder().fromResolvedSchema(schema).build())
                .options(options)
                .build();
        return FactoryUtil.createTableFactoryHelper(
                new StrictConnector(),
                new FactoryUtil.DefaultDynamicTableContext(
                        ObjectIdentifier.of("c", "d", "t"),
                        new ResolvedCatalogTable(table, schema),
                        Map.of(),
                        new Configuration(),
                        Decoder.class.getClassLoader(),
                        true));
    }

    /** The rows of a message, each sent through Flink's serializer and read as a user would. */
    List<Row> decode(byte[] message) throws Exception {
        List<RowData> rows = new ArrayList<>();
        schema.deserialize(message, new ListCollector<>(rows));
        return rows.stream()
                .map(row -> {
                    RowData binary = serializer.toBinaryRow(row).copy();
                    binary.setRowKind(row.getRowKind());
                    return converter.toExternal(binary);
                })
                .toList();
    }

    long rejected() {
        return counters.get(RejectingFormat.METRIC).getCount();
    }

    int arity() {
        return DataType.getFieldCount(type);
    }

    DeserializationSchema<RowData> schema() {
        return schema;
    }

    private static final class StrictConnector implements DynamicTableSourceFactory {
        @Override
        public DynamicTableSource createDynamicTableSource(Context context) {
            throw new UnsupportedOperationException("only its options are looked at");
        }

        @Override
        public String factoryIdentifier() {
            return "strict";
        }

        @Override
        public Set<ConfigOption<?>> requiredOptions() {
            return Set.of(FactoryUtil.FORMAT);
        }

        @Override
        public Set<ConfigOption<?>> optionalOptions() {
            return Set.of();
        }
    }
}
