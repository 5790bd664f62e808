package dev.weirhouse.catalog;

import dev.weirhouse.catalog.SqlScript.Statement;
import dev.weirhouse.catalog.SqlScript.Substitution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One pass over a script's text: tells gaps (white space, comments, {@code ;}) from statements. What it takes for a token
 * follows the lexers of Flink's parser (Calcite's, with backquoted names) and of Flink's Hive parser ({@code
 * HiveASTLexer.g}). Used once.
 */
final class SqlScanner {

    private static final Pattern DIALECT = Pattern.compile(
            "SET\\s+'?table\\.sql-dialect'?\\s*=\\s*'?(default|flink|hive)'?", Pattern.CASE_INSENSITIVE);
    private static final Pattern VARIABLE =
            Pattern.compile("\\$\\{(?:(hiveconf:)|hivevar:)?([A-Za-z_][A-Za-z0-9_.\\-]*)(?::-([^{}\\n\\r]*))?}");
    private static final Set<String> BEFORE_STATEMENT_SET = Set.of("EXECUTE", "EXPLAIN", "COMPILE", "STATEMENT");
    private static final int LONGEST_HEADER_WORD = 9;

    /** Not a variable: the session resolves it, so that the secret is in no text. */
    private static final String SECRET = "${secret:";

    private final String text;
    private final TextPositions positions;
    private final List<Statement> statements = new ArrayList<>();
    private Dialect dialect;
    private int at;

    // The statement being read.
    private int start;
    private int end;
    private List<Substitution> substitutions = new ArrayList<>();
    private String firstWord = "";
    /** The upper-case words since the last token that was none, such as {@code " STATEMENT SET"}. */
    private String words = "";

    private int hintStart = -1;
    private SetState set = SetState.NONE;

    private enum SetState {
        NONE,
        /** Inside, and the next word may be {@code END}. */
        BETWEEN,
        INSIDE,
        ENDED
    }

    SqlScanner(String text, Dialect dialect) {
        this.text = text;
        this.positions = new TextPositions(text);
        this.dialect = dialect;
    }

    List<Statement> scan() {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw error(nul, "The text holds a NUL character.");
        }
        if (text.startsWith("\uFEFF")) {
            at = 1;
        }
        while (skipGap()) {
            scanStatement();
        }
        return statements;
    }

    /** Moves to the next statement's first token; false at the end of the text. */
    private boolean skipGap() {
        while (at < text.length()) {
            if (isBlank(text.charAt(at)) || text.charAt(at) == ';') {
                at++;
            } else if (!skipComment()) {
                return true;
            }
        }
        return false;
    }

    private void scanStatement() {
        start = at;
        while (at < text.length()) {
            if (text.charAt(at) == ';' && endsHere()) {
                break;
            }
            if (isBlank(text.charAt(at))) {
                at++;
            } else if (!skipComment()) {
                scanToken();
                end = at;
            }
        }
        if (hintStart >= 0) {
            throw error(hintStart, "The hint does not end: '*/' is missing.");
        }
        if (set == SetState.BETWEEN || set == SetState.INSIDE) {
            throw error(start, "The statement set does not end: 'END;' is missing.");
        }
        finish();
    }

    private void finish() {
        statements.add(new Statement(statements.size() + 1, dialect, positions, start, end, substitutions));
        Matcher switched = DIALECT.matcher(text).region(start, end);
        if (switched.matches()) {
            dialect = Dialect.parse(switched.group(1));
        }
        substitutions = new ArrayList<>();
        firstWord = "";
        words = "";
        set = SetState.NONE;
    }

    /** At a {@code ;}: whether it ends the statement. One inside a statement set is a token of it. */
    private boolean endsHere() {
        if (hintStart >= 0) {
            throw error(hintStart, "The hint does not end before the statement does: '*/' is missing.");
        }
        if (set == SetState.NONE && firstWord.equals("BEGIN") && words.equals(" BEGIN STATEMENT SET")) {
            substitutions.add(0, new Substitution.Fixed(start, start + "BEGIN".length(), "EXECUTE"));
            substitutions.add(new Substitution.Fixed(at, at + 1, " BEGIN"));
            set = SetState.BETWEEN;
            return false;
        }
        if (set == SetState.INSIDE || set == SetState.BETWEEN) {
            set = SetState.BETWEEN;
            return false;
        }
        return true;
    }

    private void scanToken() {
        char c = text.charAt(at);
        if (isWordPart(c)) {
            scanWord();
            return;
        }
        words = "";
        if (c == ';') {
            at++;
            return;
        }
        if (set == SetState.BETWEEN) {
            set = SetState.INSIDE;
        }
        if (c == '\'' || c == '"') {
            // In Flink a double quote begins no token; read as one all the same, so that its parser sees it whole.
            scanQuoted(c, "string");
        } else if (c == '`') {
            scanQuoted(c, "name");
        } else if (text.startsWith("/*+", at)) {
            scanHint();
        } else if (hintStart >= 0 && text.startsWith("*/", at)) {
            hintStart = -1;
            at += 2;
        } else if (!scanVariable()) {
            at++;
        }
    }

    private void scanWord() {
        int from = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        // Only the few words of a statement set's header matter; a bound keeps the pass linear.
        String word =
                at - from > LONGEST_HEADER_WORD ? "?" : text.substring(from, at).toUpperCase(Locale.ROOT);
        if (from == start) {
            firstWord = word;
        }
        if (set == SetState.BETWEEN) {
            set = word.equals("END") ? SetState.ENDED : SetState.INSIDE;
        } else if (set == SetState.NONE && dialect == Dialect.FLINK) {
            words = lastWords(words + ' ' + word);
            if (words.endsWith(" STATEMENT SET BEGIN") && BEFORE_STATEMENT_SET.contains(firstWord)) {
                set = SetState.BETWEEN;
            }
        }
    }

    private static String lastWords(String words) {
        int fourth = words.length();
        for (int i = 0; i < 4 && fourth > 0; i++) {
            fourth = words.lastIndexOf(' ', fourth - 1);
        }
        return words.substring(Math.max(fourth, 0));
    }

    private void scanQuoted(char quote, String what) {
        int from = at;
        boolean escapes = dialect == Dialect.HIVE && quote != '`';
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == quote) {
                at++;
                // A doubled quote goes on; in Hive it ends one string and begins the next, which splits the same way.
                if (at == text.length() || text.charAt(at) != quote) {
                    return;
                }
                at++;
            } else if (c == '\\' && escapes) {
                at += Math.min(2, text.length() - at);
            } else if (!scanVariable()) {
                at++;
            }
        }
        throw error(from, "The " + what + " does not end: " + quote + " is missing.");
    }

    /** Flink's hints hold tokens, so that a {@code *}{@code /} in a string is not their end; Hive's hold just text. */
    private void scanHint() {
        int from = at;
        at += 3;
        if (dialect == Dialect.FLINK) {
            hintStart = from;
            return;
        }
        while (at < text.length()) {
            if (text.startsWith("*/", at)) {
                at += 2;
                return;
            }
            if (!scanVariable()) {
                at++;
            }
        }
        throw error(from, "The hint does not end: '*/' is missing.");
    }

    private boolean scanVariable() {
        if (text.startsWith("$${", at)) {
            substitutions.add(new Substitution.Fixed(at, at + 3, "${"));
            at += 3;
            return true;
        }
        if (!text.startsWith("${", at) || text.startsWith(SECRET, at)) {
            return false;
        }
        Matcher matcher = VARIABLE.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            throw error(
                    at,
                    "This is no variable: write ${name}, ${name:-default}, ${hivevar:name} or ${hiveconf:name} on one"
                            + " line, or $${ for the characters themselves.");
        }
        substitutions.add(new Substitution.Variable(
                at,
                matcher.end(),
                matcher.group(1) == null ? "" : matcher.group(1),
                matcher.group(2),
                Optional.ofNullable(matcher.group(3))));
        at = matcher.end();
        return true;
    }

    /** Skips a comment that begins here, if one does. */
    private boolean skipComment() {
        if (text.startsWith("--", at) || (dialect == Dialect.FLINK && text.startsWith("//", at))) {
            while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                at++;
            }
            return true;
        }
        if (!text.startsWith("/*", at) || text.startsWith("/*+", at)) {
            return false;
        }
        int from = at;
        int depth = 0;
        do {
            if (at >= text.length()) {
                throw error(from, "The comment does not end: '*/' is missing.");
            }
            if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else if (text.startsWith("/*", at) && (depth == 0 || dialect == Dialect.HIVE)) {
                depth++;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0);
        return true;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private WarehouseException error(int offset, String detail) {
        return new WarehouseException(CatalogError.SYNTAX_ERROR, detail, positions.at(offset), null);
    }
}
