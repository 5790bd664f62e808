package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks and results for people, and what a command ends with. */
public final class CheckPrinter {

    private static final List<String> OF_RESULTS =
            List.of("state", "cause", "snapshot", "violations", "measure", "startedAt", "message");
    private static final List<String> NUMBERS = List.of("snapshot", "violations", "measure");
    private static final Map<String, String> SIDES =
            Map.of("ONLY_LEFT", "only left", "ONLY_RIGHT", "only right", "CHANGED", "changed");

    private CheckPrinter() {}

    /** The status of a command that ran something to its end. */
    static int exitCode(JsonNode result) {
        return switch (result.path("state").asText()) {
            case "PASSED" -> ExitCode.OK;
            case "FAILED" -> result.path("severity").asText().equals("WARNING") ? ExitCode.OK : ExitCode.CHECK_FAILED;
            default -> {
                String code = result.path("errorCode").asText();
                yield code.equals(CatalogError.CANCELLED.id()) || code.equals(CatalogError.TIMED_OUT.id())
                        ? ExitCode.CANCELLED
                        : ExitCode.USER_ERROR;
            }
        };
    }

    /** A result with what shows it. */
    public static void result(JsonNode result, PrintWriter out) {
        String warning = result.path("state").asText().equals("FAILED")
                        && result.path("severity").asText().equals("WARNING")
                ? " (warning)"
                : "";
        out.println(result.path("state").asText() + warning + "  "
                + CellText.visible(result.path("subject").asText()));
        out.println(CellText.visible(result.path("message").asText()));
        if (!result.path("cut").asText().isEmpty()) {
            out.println("cut: " + CellText.visible(result.path("cut").asText()));
        }
        JsonNode evidence = result.path("evidence");
        switch (result.path("kind").asText()) {
            case "TABLES", "SOURCE" -> diff(evidence, out);
            case "JOB" -> evidence.path("tables").forEach(table -> diff(table, out));
            case "LANES" ->
                evidence.path("lanes")
                        .properties()
                        .forEach(lane -> out.println("  " + lane.getKey() + ": "
                                + CellText.visible(lane.getValue().asText())));
            default -> {
                if (evidence.has("rows")) {
                    table(evidence.path("columns"), evidence.path("rows"), out);
                }
            }
        }
        out.println("result: " + result.path("id").asText());
        out.flush();
    }

    private static void diff(JsonNode report, PrintWriter out) {
        if (report.isMissingNode()) {
            return;
        }
        out.println("left: " + report.path("left").asText() + ", right: "
                + report.path("right").asText());
        report.path("schema").forEach(difference -> out.println("  " + CellText.visible(difference.asText())));
        out.println("  only left: " + report.path("onlyLeft").asText() + ", only right: "
                + report.path("onlyRight").asText() + ", changed: "
                + report.path("changed").asText()
                + (report.path("key").isEmpty() ? " (no key: rows are counted)" : ""));
        report.path("changedColumns")
                .properties()
                .forEach(column -> out.println("  changed in " + CellText.visible(column.getKey()) + ": "
                        + column.getValue().asText()));
        JsonNode parts = report.path("parts");
        out.println("  parts: " + parts.path("all").asText() + ", with the same files: "
                + parts.path("sameFiles").asText() + ", with the same checksum: "
                + parts.path("sameSums").asText() + ", rows read: "
                + parts.path("rows").asText());
        samples(report, out);
    }

    private static void samples(JsonNode report, PrintWriter out) {
        if (report.path("samples").isEmpty()) {
            return;
        }
        ArrayNode columns = ApiClient.JSON.createArrayNode().add("");
        report.path("columns").forEach(columns::add);
        ArrayNode rows = ApiClient.JSON.createArrayNode();
        report.path("samples").forEach(sample -> {
            String kind = sample.path("kind").asText();
            for (String side : List.of("left", "right")) {
                if (!sample.path(side).isEmpty()) {
                    ArrayNode row = rows.addArray()
                            .add(SIDES.getOrDefault(kind, kind) + (kind.equals("CHANGED") ? ", " + side : ""));
                    sample.path(side).forEach(row::add);
                }
            }
        });
        table(columns, rows, out);
    }

    private static void table(JsonNode columns, JsonNode rows, PrintWriter out) {
        List<ColumnInfo> infos = new ArrayList<>();
        columns.forEach(column -> infos.add(new ColumnInfo(column.asText(), "STRING")));
        TablePrinter printer = new TablePrinter(out);
        printer.begin(infos);
        printer.rows(rows);
    }

    /** A check with its results. */
    static void check(JsonNode check, PrintWriter out) {
        check.properties().forEach(field -> {
            if (!field.getKey().equals("newest") && !field.getKey().equals("results")) {
                out.println(field.getKey() + ": " + CellText.of(field.getValue()));
            }
        });
        if (!check.path("results").isEmpty()) {
            ArrayNode rows = ApiClient.JSON.createArrayNode();
            check.path("results").forEach(result -> {
                ArrayNode row = rows.addArray();
                OF_RESULTS.forEach(name -> row.add(result.path(name).asText("")));
            });
            TablePrinter printer = new TablePrinter(out);
            printer.begin(OF_RESULTS.stream()
                    .map(name -> new ColumnInfo(name, NUMBERS.contains(name) ? "BIGINT" : "STRING"))
                    .toList());
            printer.rows(rows);
        }
        out.flush();
    }
}
