package dev.weirhouse.testkit.script;

import dev.weirhouse.testkit.script.ScriptRecord.Order;
import dev.weirhouse.testkit.script.ScriptRecord.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads a script's lines as records. */
final class ScriptParser {

    static final String SEPARATOR = "----";

    private static final Pattern CODE_AND_MESSAGE = Pattern.compile("(?:\\[(WEIR-\\d{4})])?\\s*(.*)");
    private static final Pattern KINDS = Pattern.compile("[IRT?]+");

    private final String source;
    private final List<String> lines;
    private int next;

    private ScriptParser(String source, List<String> lines) {
        this.source = source;
        this.lines = lines;
    }

    /**
     * Reads a script.
     *
     * @param source how failures name the script
     * @throws AssertionError when a line is not as it should be, with its place
     */
    static List<ScriptRecord> parse(String source, List<String> lines) {
        ScriptParser parser = new ScriptParser(source, lines);
        List<ScriptRecord> records = new ArrayList<>();
        while (parser.next < lines.size()) {
            String line = lines.get(parser.next).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                parser.next++;
            } else {
                records.add(parser.record(line));
            }
        }
        return records;
    }

    private ScriptRecord record(String header) {
        String[] words = header.split("\\s+", 2);
        String rest = words.length == 1 ? "" : words[1];
        return switch (words[0]) {
            case "statement" -> statement(rest);
            case "query" -> query(rest);
            case "dialect", "set", "session", "user" -> directive(words[0], rest);
            default -> throw wrong("a record begins with statement, query, dialect, set, session or user: " + header);
        };
    }

    private ScriptRecord directive(String word, String argument) {
        Word directive = Word.valueOf(word.toUpperCase(Locale.ROOT));
        boolean right =
                switch (directive) {
                    case DIALECT -> argument.equals("hive") || argument.equals("flink");
                    case SET -> argument.indexOf('=') > 0;
                    case SESSION, USER -> !argument.isEmpty();
                };
        if (!right) {
            throw wrong("'" + argument + "' is not what " + word + " takes");
        }
        next++;
        return new ScriptRecord.Directive(next, directive, argument);
    }

    private ScriptRecord statement(String expectation) {
        String[] words = expectation.split("\\s+", 2);
        if (words[0].equals("ok") && words.length == 1) {
            int line = ++next;
            return new ScriptRecord.Succeeds(line, sql());
        }
        if (!words[0].equals("error")) {
            throw wrong("a statement is 'ok' or an 'error': " + expectation);
        }
        Matcher matcher = CODE_AND_MESSAGE.matcher(words.length == 1 ? "" : words[1]);
        if (!matcher.matches()) {
            throw wrong("an error is a code in brackets, a regular expression, or both: " + expectation);
        }
        Optional<Pattern> message =
                Optional.of(matcher.group(2)).filter(text -> !text.isEmpty()).map(this::pattern);
        int line = ++next;
        return new ScriptRecord.Fails(line, sql(), Optional.ofNullable(matcher.group(1)), message);
    }

    private Pattern pattern(String regex) {
        try {
            return Pattern.compile(regex, Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw wrong("not a regular expression: " + e.getMessage());
        }
    }

    private ScriptRecord query(String expectation) {
        String[] words = expectation.split("\\s+", -1);
        Optional<Order> order = words.length == 1
                ? Optional.of(Order.NOSORT)
                : Arrays.stream(Order.values())
                        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(words[1]))
                        .findFirst();
        if (!KINDS.matcher(words[0]).matches() || words.length > 2 || order.isEmpty()) {
            throw wrong("a query has kinds of columns (I, R, T or ?) and nosort, rowsort or valuesort: " + expectation);
        }
        int line = ++next;
        String sql = sql();
        int rowsFrom = next + 1;
        Optional<List<String>> rows = Optional.empty();
        if (next < lines.size() && lines.get(next).strip().equals(SEPARATOR)) {
            next++;
            int first = next;
            while (next < lines.size() && !lines.get(next).isBlank()) {
                next++;
            }
            rows = Optional.of(List.copyOf(lines.subList(first, next)));
        }
        return new ScriptRecord.Query(line, words[0], order.get(), sql, rows, rowsFrom, next + 1);
    }

    private String sql() {
        int first = next;
        while (next < lines.size()
                && !lines.get(next).isBlank()
                && !lines.get(next).strip().equals(SEPARATOR)) {
            next++;
        }
        String text = String.join("\n", lines.subList(first, next)).strip();
        if (text.isEmpty()) {
            next = first - 1;
            throw wrong("a statement is missing");
        }
        return text.endsWith(";") ? text.substring(0, text.length() - 1).stripTrailing() : text;
    }

    private AssertionError wrong(String what) {
        return new AssertionError(source + ":" + (next + 1) + ": " + what);
    }
}
