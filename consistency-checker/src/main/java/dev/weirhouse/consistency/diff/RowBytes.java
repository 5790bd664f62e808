package dev.weirhouse.consistency.diff;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;

/** Some of a row's values as bytes, which are equal if and only if the values are. */
final class RowBytes {

    private static final int NULL = -1;

    private final List<LogicalType> types;
    private final List<RowData.FieldGetter> getters = new ArrayList<>();

    /**
     * @param places of the values in the rows
     * @param all the types of the rows' columns
     */
    RowBytes(List<Integer> places, List<LogicalType> all) {
        this.types = places.stream().map(all::get).toList();
        places.forEach(place -> getters.add(RowData.createFieldGetter(all.get(place), place)));
    }

    byte[] of(RowData row) {
        List<String> values = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            values.add(ValueText.of(getters.get(i).getFieldOrNull(row), types.get(i)));
        }
        return of(values);
    }

    /** @param values as {@link ValueText} has them, null for NULL */
    static byte[] of(List<String> values) {
        byte[][] texts = new byte[values.size()][];
        int length = 0;
        for (int i = 0; i < texts.length; i++) {
            String text = values.get(i);
            texts[i] = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            length += Integer.BYTES + (text == null ? 0 : texts[i].length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (byte[] text : texts) {
            bytes.putInt(text == null ? NULL : text.length);
            if (text != null) {
                bytes.put(text);
            }
        }
        return bytes.array();
    }

    /** The values as texts again. */
    static List<String> texts(byte[] bytes) {
        List<String> texts = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            int length = buffer.getInt();
            if (length == NULL) {
                texts.add(null);
            } else {
                texts.add(new String(bytes, buffer.position(), length, StandardCharsets.UTF_8));
                buffer.position(buffer.position() + length);
            }
        }
        return texts;
    }

    /** Bytes that are a key of a map. */
    static final class Hashed {
        private final byte[] bytes;

        Hashed(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Hashed hashed && Arrays.equals(bytes, hashed.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
