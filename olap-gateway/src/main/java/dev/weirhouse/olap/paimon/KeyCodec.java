package dev.weirhouse.olap.paimon;

import java.util.Comparator;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.serializer.InternalRowSerializer;
import org.apache.paimon.data.serializer.RowCompactedSerializer;
import org.apache.paimon.types.RowType;
import org.apache.paimon.utils.KeyComparatorSupplier;
import org.apache.paimon.utils.ProjectedRow;

/** The buffers and serializers of one question at a time: a row that it returns is good until it is asked again. */
final class KeyCodec {

    private final KeyShape shape;
    private final ProjectedRow partition;
    private final ProjectedRow bucketKey;
    private final ProjectedRow trimmed;
    private final InternalRowSerializer partitions;
    private final InternalRowSerializer bucketKeys;
    private final InternalRowSerializer keys;
    private final RowCompactedSerializer compactKeys;
    private final RowCompactedSerializer values;
    private final Comparator<InternalRow> order;
    private final KeyFile.Scratch scratch = new KeyFile.Scratch();

    KeyCodec(KeyShape shape, RowType valueType) {
        this.shape = shape;
        this.partition = ProjectedRow.from(shape.partition());
        this.bucketKey = ProjectedRow.from(shape.bucketKey());
        this.trimmed = ProjectedRow.from(shape.trimmed());
        this.partitions = new InternalRowSerializer(shape.partitionType());
        this.bucketKeys = new InternalRowSerializer(shape.bucketKeyType());
        this.keys = new InternalRowSerializer(shape.trimmedType());
        this.compactKeys = new RowCompactedSerializer(shape.trimmedType());
        this.values = new RowCompactedSerializer(valueType);
        this.order = new KeyComparatorSupplier(shape.trimmedType()).get();
    }

    BinaryRow partition(GenericRow key) {
        return shape.partition().length == 0 ? BinaryRow.EMPTY_ROW : partitions.toBinaryRow(partition.replaceRow(key));
    }

    int bucket(GenericRow key, int totalBuckets) {
        return shape.function().bucket(bucketKeys.toBinaryRow(bucketKey.replaceRow(key)), totalBuckets);
    }

    /** The key within its partition. */
    BinaryRow trimmed(GenericRow key) {
        return keys.toBinaryRow(trimmed.replaceRow(key));
    }

    byte[] bytes(BinaryRow trimmed) {
        return compactKeys.serializeToBytes(trimmed);
    }

    InternalRow value(byte[] bytes) {
        return values.deserialize(bytes);
    }

    Comparator<InternalRow> order() {
        return order;
    }

    KeyFile.Scratch scratch() {
        return scratch;
    }
}
