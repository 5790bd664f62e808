package dev.weirhouse.olap.arrow;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * One place that holds a value: a field of a row or an element of an array. Flink gives the two no common type; this one
 * lets a column's writer be written once. A cell is moved from place to place, so that reading makes no objects.
 */
sealed interface Cell {

    boolean isNull();

    boolean asBoolean();

    byte asByte();

    short asShort();

    int asInt();

    long asLong();

    float asFloat();

    double asDouble();

    StringData asString();

    byte[] asBytes();

    DecimalData asDecimal(int precision, int scale);

    TimestampData asTimestamp(int precision);

    ArrayData asArray();

    MapData asMap();

    RowData asRow(int fields);

    RawValueData<?> asRaw();

    /** A field of a row. */
    final class OfRow implements Cell {

        private RowData row;
        private int field;

        OfRow at(RowData newRow, int newField) {
            row = newRow;
            field = newField;
            return this;
        }

        @Override
        public boolean isNull() {
            return row.isNullAt(field);
        }

        @Override
        public boolean asBoolean() {
            return row.getBoolean(field);
        }

        @Override
        public byte asByte() {
            return row.getByte(field);
        }

        @Override
        public short asShort() {
            return row.getShort(field);
        }

        @Override
        public int asInt() {
            return row.getInt(field);
        }

        @Override
        public long asLong() {
            return row.getLong(field);
        }

        @Override
        public float asFloat() {
            return row.getFloat(field);
        }

        @Override
        public double asDouble() {
            return row.getDouble(field);
        }

        @Override
        public StringData asString() {
            return row.getString(field);
        }

        @Override
        public byte[] asBytes() {
            return row.getBinary(field);
        }

        @Override
        public DecimalData asDecimal(int precision, int scale) {
            return row.getDecimal(field, precision, scale);
        }

        @Override
        public TimestampData asTimestamp(int precision) {
            return row.getTimestamp(field, precision);
        }

        @Override
        public ArrayData asArray() {
            return row.getArray(field);
        }

        @Override
        public MapData asMap() {
            return row.getMap(field);
        }

        @Override
        public RowData asRow(int fields) {
            return row.getRow(field, fields);
        }

        @Override
        public RawValueData<?> asRaw() {
            return row.getRawValue(field);
        }
    }

    /** An element of an array. */
    final class OfArray implements Cell {

        private ArrayData array;
        private int element;

        OfArray at(ArrayData newArray, int newElement) {
            array = newArray;
            element = newElement;
            return this;
        }

        @Override
        public boolean isNull() {
            return array.isNullAt(element);
        }

        @Override
        public boolean asBoolean() {
            return array.getBoolean(element);
        }

        @Override
        public byte asByte() {
            return array.getByte(element);
        }

        @Override
        public short asShort() {
            return array.getShort(element);
        }

        @Override
        public int asInt() {
            return array.getInt(element);
        }

        @Override
        public long asLong() {
            return array.getLong(element);
        }

        @Override
        public float asFloat() {
            return array.getFloat(element);
        }

        @Override
        public double asDouble() {
            return array.getDouble(element);
        }

        @Override
        public StringData asString() {
            return array.getString(element);
        }

        @Override
        public byte[] asBytes() {
            return array.getBinary(element);
        }

        @Override
        public DecimalData asDecimal(int precision, int scale) {
            return array.getDecimal(element, precision, scale);
        }

        @Override
        public TimestampData asTimestamp(int precision) {
            return array.getTimestamp(element, precision);
        }

        @Override
        public ArrayData asArray() {
            return array.getArray(element);
        }

        @Override
        public MapData asMap() {
            return array.getMap(element);
        }

        @Override
        public RowData asRow(int fields) {
            return array.getRow(element, fields);
        }

        @Override
        public RawValueData<?> asRaw() {
            return array.getRawValue(element);
        }
    }
}
