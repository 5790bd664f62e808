package dev.weirhouse.stream.format;

import dev.weirhouse.stream.format.RejectingFormatFactory.Malformed;
import dev.weirhouse.stream.format.RejectingFormatFactory.Skips;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * Decodes one message: all of its records, or one row that says why not. The rows of the inner format are joined with text
 * and reason, {@code decoded columns ++ (raw, error)}, and projected; nothing is copied.
 */
final class RejectingDeserializationSchema implements DeserializationSchema<RowData> {

    private static final long serialVersionUID = 1L;

    private static final RowData ACCEPTED = new GenericRowData(2);
    private static final String NO_RECORD = "The format found no record in the text.";

    private final DeserializationSchema<RowData> inner;
    private final RowType decodedType;
    private final RequiredValues required;
    private final int[] produced;
    private final boolean projects;
    private final TypeInformation<RowData> producedType;
    private final Malformed malformed;
    private final Skips skips;

    private transient List<RowData> decoded;
    private transient Collector<RowData> decodedCollector;
    private transient RowData placeholder;
    private transient Counter rejected;

    /**
     * @param decodedType what the inner schema produces
     * @param produced for each column of the answer its index in {@code decoded columns ++ (raw, error)}
     */
    RejectingDeserializationSchema(
            DeserializationSchema<RowData> inner,
            RowType decodedType,
            int[] produced,
            TypeInformation<RowData> producedType,
            Malformed malformed,
            Skips skips) {
        this.inner = inner;
        this.decodedType = decodedType;
        this.required = new RequiredValues(decodedType);
        this.produced = produced.clone();
        this.projects = produced.length != decodedType.getFieldCount() + 2
                || IntStream.range(0, produced.length).anyMatch(i -> produced[i] != i);
        this.producedType = producedType;
        this.malformed = malformed;
        this.skips = skips;
    }

    @Override
    public void open(InitializationContext context) throws Exception {
        inner.open(context);
        decoded = new ArrayList<>();
        decodedCollector = new ListCollector<>(decoded);
        placeholder = Placeholders.row(decodedType);
        rejected = context.getMetricGroup().counter(RejectingFormat.METRIC);
    }

    @Override
    public void deserialize(@Nullable byte[] message, Collector<RowData> out) {
        decoded.clear();
        String reason = decode(message);
        if (reason == null) {
            for (RowData row : decoded) {
                out.collect(produce(row.getRowKind(), row, ACCEPTED));
            }
        } else if (malformed == Malformed.REJECT) {
            rejected.inc();
            RowData why = GenericRowData.of(RejectedText.raw(message), RejectedText.oneLine(reason));
            out.collect(produce(RowKind.INSERT, placeholder, why));
        }
    }

    /** Fills {@link #decoded}; answers why the message has to be rejected, or null. */
    @Nullable
    private String decode(@Nullable byte[] message) {
        try {
            inner.deserialize(message, decodedCollector);
        } catch (Exception | StackOverflowError e) {
            decoded.clear();
            String reason = RejectedText.reason(e);
            return holdsNothing(message) ? null : reason;
        }
        if (decoded.isEmpty()) {
            return holdsNothing(message) || skips == Skips.EVENTS ? null : NO_RECORD;
        }
        for (RowData row : decoded) {
            // The row that a deletion or an update takes back may hold its key alone.
            RowKind kind = row.getRowKind();
            String missing = kind == RowKind.INSERT || kind == RowKind.UPDATE_AFTER ? required.findMissing(row) : null;
            if (missing != null) {
                return "The column '" + missing + "' is NOT NULL and has no value.";
            }
        }
        return null;
    }

    /** Whether there is nothing in the message that could be kept: Flink's csv, for one, fails at an empty line. */
    private boolean holdsNothing(@Nullable byte[] message) {
        return message == null || message.length == 0 || (skips == Skips.COMMENTS && isComment(message));
    }

    private static boolean isComment(byte[] message) {
        int i = 0;
        while (i < message.length && message[i] == ' ') {
            i++;
        }
        return i < message.length && message[i] == '#';
    }

    private RowData produce(RowKind kind, RowData row, RowData why) {
        JoinedRowData joined = new JoinedRowData(kind, row, why);
        return projects ? ProjectedRowData.from(produced).replaceRow(joined) : joined;
    }

    @Override
    @Nullable
    public RowData deserialize(@Nullable byte[] message) throws IOException {
        List<RowData> rows = new ArrayList<>(1);
        deserialize(message, new ListCollector<>(rows));
        if (rows.size() > 1) {
            throw new IOException("The message holds " + rows.size() + " records: read it with a collector.");
        }
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** No format of Flink's ends a stream by a record, and a rejected one cannot. */
    @Override
    public boolean isEndOfStream(RowData nextElement) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return producedType;
    }
}
