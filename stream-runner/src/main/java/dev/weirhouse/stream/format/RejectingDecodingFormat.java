package dev.weirhouse.stream.format;

import dev.weirhouse.stream.format.RejectingFormatFactory.Malformed;
import dev.weirhouse.stream.format.RejectingFormatFactory.Skips;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.ProjectableDecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * Plans the decoder: the inner format decodes all declared columns and the metadata asked of it; the decoder adds text and
 * reason and only then projects.
 */
final class RejectingDecodingFormat implements ProjectableDecodingFormat<DeserializationSchema<RowData>> {

    private final DecodingFormat<DeserializationSchema<RowData>> inner;
    private final Malformed malformed;
    private final Skips skips;
    private List<String> metadataKeys = List.of();

    RejectingDecodingFormat(DecodingFormat<DeserializationSchema<RowData>> inner, Malformed malformed, Skips skips) {
        this.inner = inner;
        this.malformed = malformed;
        this.skips = skips;
    }

    @Override
    public DeserializationSchema<RowData> createRuntimeDecoder(
            DynamicTableSource.Context context, DataType physicalType, int[][] projections) {
        List<Field> physical = DataType.getFields(physicalType);
        int raw = textColumn(physical, RejectingFormat.RAW_COLUMN);
        int error = textColumn(physical, RejectingFormat.ERROR_COLUMN);

        List<Field> decoded = new ArrayList<>();
        int[] decodedIndexes = new int[physical.size()];
        for (int i = 0; i < physical.size(); i++) {
            if (i != raw && i != error) {
                decodedIndexes[i] = decoded.size();
                decoded.add(physical.get(i));
            }
        }
        DataType declaredType = row(decoded);
        List<Field> metadata = metadataFields();
        int metadataStart = decoded.size();
        decoded.addAll(metadata);
        decodedIndexes[raw] = decoded.size();
        decodedIndexes[error] = decoded.size() + 1;

        int[] projected = Projection.of(projections).toTopLevelIndexes();
        int[] produced = new int[projected.length + metadata.size()];
        List<Field> producedFields = new ArrayList<>();
        for (int i = 0; i < projected.length; i++) {
            produced[i] = decodedIndexes[projected[i]];
            producedFields.add(physical.get(projected[i]));
        }
        for (int i = 0; i < metadata.size(); i++) {
            produced[projected.length + i] = metadataStart + i;
        }
        producedFields.addAll(metadata);

        return new RejectingDeserializationSchema(
                inner.createRuntimeDecoder(context, declaredType),
                (RowType) row(decoded).getLogicalType(),
                produced,
                context.createTypeInformation(row(producedFields)),
                malformed,
                skips);
    }

    private static int textColumn(List<Field> fields, String name) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).getName().equals(name)) {
                DataType type = fields.get(i).getDataType();
                if (!type.getLogicalType().is(LogicalTypeRoot.VARCHAR)
                        || !type.getLogicalType().isNullable()) {
                    throw new ValidationException("The column '" + name + "' must be a nullable STRING, not " + type);
                }
                return i;
            }
        }
        throw new ValidationException("The format '" + RejectingFormat.IDENTIFIER + "' needs the physical column '"
                + name + "' of type STRING.");
    }

    private List<Field> metadataFields() {
        Map<String, DataType> readable = inner.listReadableMetadata();
        return metadataKeys.stream()
                .map(key -> DataTypes.FIELD("$metadata$" + key, readable.get(key)))
                .toList();
    }

    private static DataType row(List<Field> fields) {
        return DataTypes.ROW(fields).notNull();
    }

    /** With {@code INSERT} whatever the inner format says, because a rejected record is one. */
    @Override
    public ChangelogMode getChangelogMode() {
        ChangelogMode mode = inner.getChangelogMode();
        if (mode.contains(RowKind.INSERT)) {
            return mode;
        }
        ChangelogMode.Builder builder = ChangelogMode.newBuilder().addContainedKind(RowKind.INSERT);
        mode.getContainedKinds().forEach(builder::addContainedKind);
        return builder.build();
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return inner.listReadableMetadata();
    }

    @Override
    public void applyReadableMetadata(List<String> keys) {
        inner.applyReadableMetadata(keys);
        metadataKeys = List.copyOf(keys);
    }
}
