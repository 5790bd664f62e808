package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weirhouse.server.cli.ApiClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a bench tells: notes as it goes, figures, checks of answers, and how the figures stand to their goals. */
final class Report {

    private final PrintWriter out;
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private final List<String> goals = new ArrayList<>();
    private int checks;

    Report(PrintWriter out) {
        this.out = out;
    }

    /** One line of what goes on. */
    void note(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }

    /** Adds a figure and answers it. */
    Figure add(Figure figure) {
        figures.add(figure);
        return figure;
    }

    /** Counts a check; one that does not hold is told at once. */
    void check(boolean holds, String format, Object... values) {
        checks++;
        if (!holds) {
            String text = String.format(Locale.ROOT, format, values);
            failed.add(text);
            note("[FAIL] %s", text);
        }
    }

    /** Says how a figure stands to the most that it should be. */
    void atMost(String what, double value, double bound) {
        goal(what, value, bound, "at most", value <= bound);
    }

    /** Says how a figure stands to the least that it should be. */
    void atLeast(String what, double value, double bound) {
        goal(what, value, bound, "at least", value >= bound);
    }

    private void goal(String what, double value, double bound, String sense, boolean reached) {
        goals.add(String.format(
                Locale.ROOT,
                "[%s] %s: %s, goal %s %s",
                reached ? "reached" : "short",
                what,
                number(value),
                sense,
                number(bound)));
    }

    boolean everyCheckHeld() {
        return failed.isEmpty();
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    ArrayNode json() {
        ArrayNode array = ApiClient.JSON.createArrayNode();
        figures.forEach(figure -> array.add(figure.json()));
        return array;
    }

    /** All figures as a table, then the goals and the checks. */
    void sum() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("figure", "unit", "runs", "minimum", "median", "maximum", "ratio", "to"));
        for (Figure figure : figures) {
            rows.add(List.of(
                    figure.name(),
                    figure.unit(),
                    Integer.toString(figure.runs().values().size()),
                    number(figure.runs().min()),
                    number(figure.value()),
                    number(figure.runs().max()),
                    figure.ratio().map(Report::number).orElse(""),
                    figure.baseline().map(Figure::name).orElse("")));
        }
        note("");
        table(rows).forEach(out::println);
        note("");
        goals.forEach(out::println);
        if (checks > 0) {
            note("%d of %d checks of answers held.", checks - failed.size(), checks);
        }
        failed.forEach(text -> note("[FAIL] %s", text));
    }

    /** Rows as lines of a Markdown table; the first row is its head. */
    static List<String> table(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("|");
            for (int i = 0; i < columns; i++) {
                line.append(' ')
                        .append(row.get(i))
                        .append(" ".repeat(widths[i] - row.get(i).length()))
                        .append(" |");
            }
            lines.add(line.toString());
        }
        StringBuilder rule = new StringBuilder("|");
        for (int width : widths) {
            rule.append("-".repeat(width + 2)).append('|');
        }
        lines.add(1, rule.toString());
        return lines;
    }

    /** Three digits that count. */
    static String number(double value) {
        double size = Math.abs(value);
        String format = size == 0 || size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, format, value);
    }
}
