package dev.weirhouse.testkit.script;

import dev.weirhouse.testkit.script.ScriptRecord.Directive;
import dev.weirhouse.testkit.script.ScriptRecord.Fails;
import dev.weirhouse.testkit.script.ScriptRecord.Order;
import dev.weirhouse.testkit.script.ScriptRecord.Query;
import dev.weirhouse.testkit.script.ScriptRecord.Succeeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;

/**
 * One run of one script, record by record, up to the first failure. When rewriting, what a query answers and which code
 * an error has is written down instead of compared.
 */
final class ScriptRun {

    private static final Pattern CODE = Pattern.compile("\\[(WEIR-\\d{4})]");
    private static final Pattern COLUMN_GAP = Pattern.compile("\\t+| {2,}");
    private static final String COLUMNS_APART = "  ";

    private final String source;
    private final List<String> lines;
    private final ScriptSessions sessions;
    private final Mode mode;
    private final List<Edit> edits = new ArrayList<>();

    enum Mode {
        COMPARE,
        REWRITE
    }

    /** Replaces lines; {@code from} counts from 1, {@code to} is the line after the last. */
    private record Edit(int from, int to, List<String> lines) {}

    ScriptRun(String source, List<String> lines, ScriptSessions sessions, Mode mode) {
        this.source = source;
        this.lines = List.copyOf(lines);
        this.sessions = sessions;
        this.mode = mode;
    }

    /** Runs the script and returns its lines as they should be; they are as they were when comparing. */
    List<String> run() throws Exception {
        for (ScriptRecord record : ScriptParser.parse(source, lines)) {
            if (record instanceof Directive directive) {
                apply(directive);
            } else if (record instanceof Succeeds statement) {
                answer(statement.line(), statement.sql());
            } else if (record instanceof Fails statement) {
                fail(statement);
            } else if (record instanceof Query query) {
                compare(query);
            }
        }
        return edited();
    }

    private void apply(Directive directive) {
        String argument = directive.argument();
        try {
            switch (directive.word()) {
                case DIALECT ->
                    sessions.current().set("table.sql-dialect", argument.equals("hive") ? "hive" : "default");
                case SET -> {
                    int equals = argument.indexOf('=');
                    sessions.current()
                            .set(
                                    argument.substring(0, equals).strip(),
                                    argument.substring(equals + 1).strip());
                }
                case SESSION -> sessions.session(argument);
                case USER -> sessions.user(argument);
            }
        } catch (Exception e) {
            throw failure(directive.line(), "the directive failed: " + messages(e), lines.get(directive.line() - 1), e);
        }
    }

    private ScriptResult answer(int line, String sql) {
        try {
            return sessions.current().run(sql);
        } catch (Exception e) {
            throw failure(line, "the statement failed: " + messages(e), sql, e);
        }
    }

    private void fail(Fails statement) {
        try {
            sessions.current().run(statement.sql());
        } catch (Exception e) {
            check(statement, messages(e), e);
            return;
        }
        throw failure(statement.line(), "the statement should have failed and succeeded", statement.sql(), null);
    }

    private void check(Fails statement, String message, Exception cause) {
        if (statement.message().isPresent()
                && !statement.message().get().matcher(message).find()) {
            String what = "'%s' is not found in the error: %s"
                    .formatted(statement.message().get(), message);
            throw failure(statement.line(), what, statement.sql(), cause);
        }
        Matcher code = CODE.matcher(message);
        boolean coded = code.find();
        if (mode == Mode.REWRITE && coded) {
            String regex = statement.message().map(each -> " " + each.pattern()).orElse("");
            String header = "statement error [" + code.group(1) + "]" + regex;
            edits.add(new Edit(statement.line(), statement.line() + 1, List.of(header)));
        } else if (statement.unanswered()) {
            throw failure(statement.line(), "say which error is expected; it is: " + message, statement.sql(), cause);
        } else if (statement.code().isPresent()
                && !message.contains("[" + statement.code().get() + "]")) {
            String what = "expected " + statement.code().get() + ", but the error is: " + message;
            throw failure(statement.line(), what, statement.sql(), cause);
        }
    }

    private void compare(Query query) {
        ScriptResult result = answer(query.line(), query.sql());
        if (result.columns().isEmpty()) {
            throw failure(query.line(), "the statement answers no rows", query.sql(), null);
        }
        List<String> actual = ordered(result.lines(), query.order());
        if (mode == Mode.REWRITE) {
            rewrite(query, result.kinds(), actual);
            return;
        }
        if (!fits(query.kinds(), result.kinds())) {
            String what = "the columns are " + result.kinds() + ", not " + query.kinds();
            throw failure(query.line(), what, query.sql(), null);
        }
        if (query.rows().isEmpty()) {
            String what = "no rows are written down; -D%s=true writes them".formatted(SqlScripts.REWRITE_PROPERTY);
            throw failure(query.line(), what, query.sql(), null);
        }
        List<String> expected = ordered(
                query.rows().get().stream()
                        .map(line -> COLUMN_GAP.matcher(line.strip()).replaceAll(COLUMNS_APART))
                        .toList(),
                query.order());
        if (!expected.equals(actual)) {
            throw new AssertionFailedError(
                    "%s:%d: the rows differ (- expected, + actual)%n%s%n%s"
                            .formatted(
                                    source,
                                    query.line(),
                                    query.sql().indent(4).stripTrailing(),
                                    RowDiff.of(expected, actual)),
                    String.join("\n", expected),
                    String.join("\n", actual));
        }
    }

    private void rewrite(Query query, String kinds, List<String> rows) {
        String order =
                query.order() == Order.NOSORT ? "" : " " + query.order().name().toLowerCase(Locale.ROOT);
        String header = "query " + (fits(query.kinds(), kinds) ? query.kinds() : kinds) + order;
        edits.add(new Edit(query.line(), query.line() + 1, List.of(header)));
        List<String> block = new ArrayList<>();
        block.add(ScriptParser.SEPARATOR);
        block.addAll(rows);
        edits.add(new Edit(query.rowsFrom(), query.rowsTo(), block));
    }

    private List<String> edited() {
        List<String> result = new ArrayList<>(lines);
        for (int i = edits.size() - 1; i >= 0; i--) {
            Edit edit = edits.get(i);
            List<String> replaced = result.subList(edit.from() - 1, edit.to() - 1);
            replaced.clear();
            replaced.addAll(edit.lines());
        }
        return result;
    }

    private static List<String> ordered(List<String> rows, Order order) {
        return switch (order) {
            case NOSORT -> rows;
            case ROWSORT -> rows.stream().sorted().toList();
            case VALUESORT ->
                rows.stream()
                        .flatMap(row -> Arrays.stream(row.split(COLUMNS_APART)))
                        .sorted()
                        .toList();
        };
    }

    private static boolean fits(String expected, String actual) {
        if (expected.length() != actual.length()) {
            return false;
        }
        for (int i = 0; i < expected.length(); i++) {
            if (expected.charAt(i) != '?' && expected.charAt(i) != actual.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** All messages from a failure to its root, since a driver may wrap what the warehouse says. */
    private static String messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            messages.add(at.getMessage() == null ? at.toString() : at.getMessage());
        }
        return messages.stream().distinct().collect(Collectors.joining(" / "));
    }

    private AssertionError failure(int line, String what, String sql, Throwable cause) {
        return new AssertionError(
                "%s:%d: %s%n%s".formatted(source, line, what, sql.indent(4).stripTrailing()), cause);
    }
}
