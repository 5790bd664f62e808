package dev.weirhouse.stream.format;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Finds nulls where a row type says {@code NOT NULL}, on the top level and below. Flink's formats do not look, and a null
 * there becomes a failure or a wrong value far from its cause. Looks at nothing but what may violate.
 */
final class RequiredValues implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Check check;

    RequiredValues(RowType type) {
        this.check = rowCheck("", type);
    }

    /** The path of the first required value that is null, such as {@code address.street} or {@code tags[]}; else null. */
    @Nullable
    String findMissing(RowData row) {
        return check == null ? null : check.findMissing(row);
    }

    /** Looks below a value that is not null itself. */
    @FunctionalInterface
    private interface Check extends Serializable {
        @Nullable
        String findMissing(Object value);
    }

    private record FieldCheck(
            String path, int index, boolean isRequired, RowData.FieldGetter getter, @Nullable Check below)
            implements Serializable {

        @Nullable
        String findMissing(RowData row) {
            if (row.isNullAt(index)) {
                return isRequired ? path : null;
            }
            return below == null ? null : below.findMissing(getter.getFieldOrNull(row));
        }
    }

    @Nullable
    private static Check check(String path, LogicalType type) {
        if (type instanceof RowType rowType) {
            return rowCheck(path + ".", rowType);
        }
        if (type instanceof ArrayType arrayType) {
            return arrayCheck(path + "[]", arrayType.getElementType());
        }
        if (type instanceof MapType mapType) {
            return mapCheck(
                    arrayCheck(path + "[key]", mapType.getKeyType()),
                    arrayCheck(path + "[value]", mapType.getValueType()));
        }
        if (type instanceof MultisetType multisetType) {
            return mapCheck(arrayCheck(path + "[key]", multisetType.getElementType()), null);
        }
        return null;
    }

    @Nullable
    private static Check rowCheck(String prefix, RowType type) {
        List<FieldCheck> fields = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            LogicalType fieldType = type.getTypeAt(i);
            String path = prefix + type.getFieldNames().get(i);
            Check below = check(path, fieldType);
            if (!fieldType.isNullable() || below != null) {
                fields.add(new FieldCheck(
                        path, i, !fieldType.isNullable(), RowData.createFieldGetter(fieldType, i), below));
            }
        }
        if (fields.isEmpty()) {
            return null;
        }
        FieldCheck[] checks = fields.toArray(FieldCheck[]::new);
        return value -> {
            for (FieldCheck field : checks) {
                String missing = field.findMissing((RowData) value);
                if (missing != null) {
                    return missing;
                }
            }
            return null;
        };
    }

    @Nullable
    private static Check arrayCheck(String path, LogicalType elementType) {
        Check below = check(path, elementType);
        boolean isRequired = !elementType.isNullable();
        if (!isRequired && below == null) {
            return null;
        }
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
        return value -> {
            ArrayData array = (ArrayData) value;
            for (int i = 0; i < array.size(); i++) {
                boolean isNull = array.isNullAt(i);
                if (isNull && isRequired) {
                    return path;
                }
                String missing = isNull || below == null ? null : below.findMissing(getter.getElementOrNull(array, i));
                if (missing != null) {
                    return missing;
                }
            }
            return null;
        };
    }

    @Nullable
    private static Check mapCheck(@Nullable Check keys, @Nullable Check values) {
        if (keys == null && values == null) {
            return null;
        }
        return value -> {
            MapData map = (MapData) value;
            String missing = keys == null ? null : keys.findMissing(map.keyArray());
            return missing != null || values == null ? missing : values.findMissing(map.valueArray());
        };
    }
}
