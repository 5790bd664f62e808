package dev.weirhouse.consistency;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.consistency.CheckQueries.Answered;
import java.util.ArrayList;
import java.util.List;

/** What shows that a finding is right, as the JSON that is kept of it. */
final class Evidence {

    /** The longest text of a value. */
    private static final int LONGEST = 200;

    private static final ObjectMapper JSON = new ObjectMapper()
            .setDefaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS));

    private Evidence() {}

    /**
     * Rows that break a rule, or that a query should not have answered.
     *
     * @param rows their values as texts, null for NULL
     */
    record Rows(String sql, List<String> columns, List<List<String>> rows) {}

    static Rows of(String sql, Answered answered) {
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row : answered.rows()) {
            List<String> cells = new ArrayList<>();
            row.forEach(cell ->
                    cells.add(cell == null || cell.length() <= LONGEST ? cell : cell.substring(0, LONGEST) + "…"));
            rows.add(cells);
        }
        return new Rows(sql, answered.schema().getColumnNames(), rows);
    }

    static String json(Object evidence) {
        try {
            return JSON.writeValueAsString(evidence);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
