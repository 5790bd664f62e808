package dev.weirhouse.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;

/** Writes rows of one schema as JSON arrays, a page at a time. Not thread-safe. */
final class JsonRows {

    private final List<JsonCell> cells = new ArrayList<>();
    private final List<RowData.FieldGetter> getters = new ArrayList<>();

    JsonRows(ResolvedSchema schema, ZoneId zone) {
        List<Column> columns = schema.getColumns();
        for (int i = 0; i < columns.size(); i++) {
            var type = columns.get(i).getDataType().getLogicalType();
            cells.add(JsonCell.of(type, zone));
            getters.add(RowData.createFieldGetter(type, i));
        }
    }

    /**
     * Takes the next rows as one page.
     *
     * @param maxRows the most rows to take
     * @param maxCharacters the length of text at which the page ends although it has room for more rows
     */
    Block take(Iterator<RowData> rows, long maxRows, long maxCharacters) {
        StringWriter text = new StringWriter();
        int taken = 0;
        try (JsonGenerator json = Json.MAPPER.createGenerator(text)) {
            json.writeStartArray();
            while (taken < maxRows && text.getBuffer().length() < maxCharacters && rows.hasNext()) {
                write(json, rows.next());
                json.flush();
                taken++;
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Block(text.toString(), taken);
    }

    private void write(JsonGenerator json, RowData row) throws IOException {
        json.writeStartArray();
        for (int i = 0; i < cells.size(); i++) {
            cells.get(i).writeNullable(json, getters.get(i).getFieldOrNull(row));
        }
        json.writeEndArray();
    }

    /**
     * Rows as a JSON array of arrays.
     *
     * @param json the text
     * @param rows how many rows it holds
     */
    record Block(String json, int rows) {}
}
