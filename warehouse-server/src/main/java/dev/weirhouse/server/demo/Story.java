package dev.weirhouse.server.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.cli.TablePrinter;
import dev.weirhouse.server.demo.Answer.Alignment;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the demo tells: its steps, the SQL, the answers, progress, and how each check came out. For use by one thread. */
final class Story implements AutoCloseable {

    private static final Duration PROGRESS = Duration.ofSeconds(2);
    private static final int SHOWN_DIFFERENCES = 3;

    private final PrintWriter out;
    private final long begun = System.nanoTime();
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-progress");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> failed = new ArrayList<>();
    private int checks;

    Story(PrintWriter out) {
        this.out = out;
    }

    void step(int number, String title) {
        line("");
        line(String.format(Locale.ROOT, "== %d. %s  (%.0f s)", number, title, seconds(elapsed())));
    }

    /** A paragraph. */
    void say(String format, Object... values) {
        line("");
        line(String.format(Locale.ROOT, format, values));
    }

    /** One line of what goes on. */
    void note(String format, Object... values) {
        line("   " + String.format(Locale.ROOT, format, values));
    }

    /** A statement, as it is about to be run. */
    void sql(String sql) {
        line("");
        sql.strip().lines().forEach(text -> line("   > " + text));
    }

    /** An answer as a table, with the time it took. */
    void table(Answer answer) {
        line("");
        TablePrinter printer = new TablePrinter(out);
        printer.begin(answer.columns().stream()
                .map(column -> new ColumnInfo(column.name(), column.alignment() == Alignment.NUMBER ? "INT" : "STRING"))
                .toList());
        ArrayNode page = ApiClient.JSON.createArrayNode();
        for (List<String> row : answer.rows()) {
            ArrayNode values = page.addArray();
            row.forEach(values::add);
        }
        printer.rows(page);
        var end = ApiClient.JSON
                .createObjectNode()
                .put("elapsedMillis", answer.took().toMillis());
        end.putArray("columns");
        printer.end(end);
        line("");
    }

    /** Tells whether a figure is what it should be. */
    void check(String what, Object expected, Object found) {
        boolean holds = expected.equals(found);
        verdict(holds, what + ": " + (holds ? "" : "expected " + shown(expected) + ", and it is ") + shown(found));
    }

    /** Tells whether two sets of rows are the same, whatever their order. */
    void checkRows(String what, List<List<String>> expected, List<List<String>> found) {
        checkOrder(
                what,
                expected.stream().sorted(Answer.BY_TEXT).toList(),
                found.stream().sorted(Answer.BY_TEXT).toList());
    }

    /** Tells whether two lists of rows are the same, in the same order. */
    void checkOrder(String what, List<List<String>> expected, List<List<String>> found) {
        boolean holds = expected.equals(found);
        String rows = found.size() == 1 ? "1 row" : String.format(Locale.ROOT, "%,d rows", found.size());
        verdict(holds, what + ": " + rows + (holds ? ", all the same" : ", and they differ"));
        if (!holds) {
            differences("expected and missing", expected, found);
            differences("there and not expected", found, expected);
        }
    }

    private void differences(String what, List<List<String>> these, List<List<String>> those) {
        List<List<String>> others = new ArrayList<>(those);
        List<List<String>> only = these.stream()
                .filter(row -> !others.remove(row))
                .limit(SHOWN_DIFFERENCES)
                .toList();
        only.forEach(row -> note("         %s: %s", what, row));
    }

    /** Tells whether something holds. */
    void checkThat(String what, boolean holds) {
        verdict(holds, what);
    }

    private void verdict(boolean holds, String text) {
        checks++;
        if (!holds) {
            failed.add(text);
        }
        line((holds ? "   [ok]   " : "   [FAIL] ") + text);
    }

    private static String shown(Object value) {
        return value instanceof Long number ? String.format(Locale.ROOT, "%,d", number) : value.toString();
    }

    /** Something that takes its time. */
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T run() throws X;
    }

    /**
     * Does something, and tells every two seconds that it is being done.
     *
     * @param state how far it is; asked by another thread
     */
    <T, X extends Exception> T during(String what, Supplier<String> state, Work<T, X> work) throws X {
        long since = System.nanoTime();
        Runnable tell = () ->
                note("... %s, %.0f s %s", what, seconds(Duration.ofNanos(System.nanoTime() - since)), state.get());
        ScheduledFuture<?> telling =
                ticker.scheduleAtFixedRate(tell, PROGRESS.toMillis(), PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return work.run();
        } finally {
            telling.cancel(false);
        }
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    boolean everyCheckHeld() {
        return failed.isEmpty();
    }

    /** The outcome of all checks. */
    void sum() {
        say("%d of %d checks held, in %.0f s.", checks - failed.size(), checks, seconds(elapsed()));
        failed.forEach(text -> line("   [FAIL] " + text));
    }

    private synchronized void line(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
