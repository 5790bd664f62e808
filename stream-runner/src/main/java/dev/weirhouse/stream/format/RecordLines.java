package dev.weirhouse.stream.format;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.annotation.Nullable;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.SimpleStreamFormat;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** Reads a file's lines, which end with LF or CRLF, as one message each; a line has no bound but the file's. */
final class RecordLines extends SimpleStreamFormat<RowData> {

    private static final long serialVersionUID = 1L;

    private final DeserializationSchema<RowData> schema;

    RecordLines(DeserializationSchema<RowData> schema) {
        this.schema = schema;
    }

    @Override
    public StreamFormat.Reader<RowData> createReader(Configuration config, FSDataInputStream stream)
            throws IOException {
        return new LineReader(new BufferedInputStream(stream), opened());
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return schema.getProducedType();
    }

    /** A decoder of the reader's own: decoders keep state between records. */
    private DeserializationSchema<RowData> opened() throws IOException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try {
            DeserializationSchema<RowData> own = InstantiationUtil.clone(schema, loader);
            own.open(new DeserializationSchema.InitializationContext() {
                @Override
                public MetricGroup getMetricGroup() {
                    return new UnregisteredMetricsGroup();
                }

                @Override
                public UserCodeClassLoader getUserCodeClassLoader() {
                    return SimpleUserCodeClassLoader.create(loader);
                }
            });
            return own;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("The format does not open", e);
        }
    }

    private static final class LineReader implements StreamFormat.Reader<RowData> {

        private final InputStream lines;
        private final DeserializationSchema<RowData> schema;
        private final Queue<RowData> rows = new ArrayDeque<>();
        private final Collector<RowData> collector = new QueueCollector(rows);

        LineReader(InputStream lines, DeserializationSchema<RowData> schema) {
            this.lines = lines;
            this.schema = schema;
        }

        @Nullable
        @Override
        public RowData read() throws IOException {
            while (rows.isEmpty()) {
                byte[] line = readLine();
                if (line == null) {
                    return null;
                }
                schema.deserialize(line, collector);
            }
            return rows.poll();
        }

        private byte[] readLine() throws IOException {
            int next = lines.read();
            if (next < 0) {
                return null;
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream(128);
            boolean carriageReturn = false;
            while (next >= 0 && next != '\n') {
                if (carriageReturn) {
                    line.write('\r');
                }
                carriageReturn = next == '\r';
                if (!carriageReturn) {
                    line.write(next);
                }
                next = lines.read();
            }
            if (carriageReturn && next < 0) {
                line.write('\r');
            }
            return line.toByteArray();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    private record QueueCollector(Queue<RowData> rows) implements Collector<RowData> {
        @Override
        public void collect(RowData row) {
            rows.add(row);
        }

        @Override
        public void close() {}
    }
}
