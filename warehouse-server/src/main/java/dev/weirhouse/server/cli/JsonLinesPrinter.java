package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One JSON object on a line for each row; for a statement without rows, one object that says how it ended. */
final class JsonLinesPrinter implements AnswerPrinter {

    private final PrintWriter out;
    private List<String> names = List.of();

    JsonLinesPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void begin(List<ColumnInfo> columns) {
        Set<String> taken = new HashSet<>();
        List<String> unique = new ArrayList<>();
        for (ColumnInfo column : columns) {
            String name = column.name();
            for (int number = 2; !taken.add(name); number++) {
                name = column.name() + "_" + number;
            }
            unique.add(name);
        }
        names = unique;
    }

    @Override
    public void rows(JsonNode page) {
        for (JsonNode row : page) {
            ObjectNode object = ApiClient.JSON.createObjectNode();
            for (int i = 0; i < names.size(); i++) {
                object.set(names.get(i), row.get(i));
            }
            out.println(object);
        }
        out.flush();
    }

    @Override
    public void end(JsonNode statement) {
        if (!statement.has("columns")) {
            out.println(statement);
        }
        out.flush();
    }
}
