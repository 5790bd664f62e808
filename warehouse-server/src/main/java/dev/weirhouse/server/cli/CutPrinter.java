package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;

/** Says after each answer by which id it is found again, and which snapshots it rests on; beside the answers, not in them. */
final class CutPrinter implements AnswerPrinter {

    private final AnswerPrinter answers;
    private final PrintWriter beside;

    CutPrinter(AnswerPrinter answers, PrintWriter beside) {
        this.answers = answers;
        this.beside = beside;
    }

    @Override
    public void begin(List<ColumnInfo> columns) {
        answers.begin(columns);
    }

    @Override
    public void rows(JsonNode page) {
        answers.rows(page);
    }

    @Override
    public void end(JsonNode statement) {
        answers.end(statement);
        if (statement.hasNonNull("runId")) {
            String cut = statement.path("cut").asText("");
            beside.println(CellText.visible(
                    "query " + statement.path("runId").asText() + "  " + (cut.isEmpty() ? "no snapshot" : cut)));
            beside.flush();
        }
    }
}
