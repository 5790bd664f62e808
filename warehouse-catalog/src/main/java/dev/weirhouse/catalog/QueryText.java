package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A statement's text, read as tokens of Flink's dialect: what two texts that differ in blanks, comments and literals have
 * in common, and the literals of each. Nothing is parsed: a text that is no SQL has a skeleton as well.
 *
 * @param skeleton the text with one blank between tokens, without comments, with a place for each literal; hints and names
 *     stand as they were written
 * @param literals the literals in their order
 */
public record QueryText(String skeleton, List<Literal> literals) {

    /** What stands in the skeleton for a literal: a character that no token of SQL begins with. */
    private static final char PLACE = '\u0001';

    private static final int MOST_DIGITS = 100;

    private static final char AS_WRITTEN = '\u0002';

    /** Words before a quoted text that make it another literal than a text. */
    private static final Set<String> PREFIXES = Set.of("INTERVAL", "TIME", "UESCAPE", "ESCAPE");

    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    public QueryText {
        requireNonNull(skeleton, "skeleton is null");
        literals = List.copyOf(literals);
    }

    /**
     * A literal.
     *
     * @param line where it begins, from 1
     * @param column where it begins in its line, from 1
     * @param text as it was written
     * @param type what its type depends on: two literals of one type text have one type in SQL
     * @param value a BigDecimal, String, LocalDate or LocalDateTime
     */
    public record Literal(int line, int column, String text, String type, Object value) {}

    /** Reads a text. */
    public static QueryText of(String sql) {
        return new Reader(sql).read();
    }

    private static final class Reader {

        private final String sql;
        private final StringBuilder skeleton;
        private final List<Literal> literals = new ArrayList<>();
        private int at;
        private int line = 1;
        private int lineStart;

        /** The word before this place when nothing but blanks stand between, upper case; else empty. */
        private String word = "";

        private int wordStart;
        private int wordLine;
        private int wordColumn;
        private int wordInSkeleton;

        Reader(String sql) {
            this.sql = sql;
            this.skeleton = new StringBuilder(sql.length());
        }

        QueryText read() {
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (Character.isWhitespace(c)) {
                    skipBlank(c);
                } else if (c == '-' && sql.startsWith("--", at) || c == '/' && sql.startsWith("//", at)) {
                    skipLine();
                } else if (c == '/' && sql.startsWith("/*", at) && !sql.startsWith("/*+", at)) {
                    if (!skipComment()) {
                        return asWritten();
                    }
                } else if (c == '\'') {
                    if (!readText()) {
                        return asWritten();
                    }
                } else if (c == '`' || c == '"') {
                    if (!readName(c)) {
                        return asWritten();
                    }
                } else if (isDigit(c) || c == '.' && at + 1 < sql.length() && isDigit(sql.charAt(at + 1))) {
                    if (!readNumber()) {
                        return asWritten();
                    }
                } else if (Character.isJavaIdentifierStart(c)) {
                    readWord();
                } else if (c < ' ') {
                    return asWritten();
                } else {
                    separate();
                    skeleton.append(c);
                    at++;
                    word = "";
                }
            }
            return new QueryText(skeleton.toString(), literals);
        }

        /** A text that is not understood is its own skeleton, and none of one that is: those hold no such mark. */
        private QueryText asWritten() {
            return new QueryText(AS_WRITTEN + sql, List.of());
        }

        private void separate() {
            if (!skeleton.isEmpty() && skeleton.charAt(skeleton.length() - 1) != ' ') {
                skeleton.append(' ');
            }
        }

        private void skipBlank(char c) {
            at++;
            if (c == '\r' && at < sql.length() && sql.charAt(at) == '\n') {
                at++;
            }
            if (c == '\n' || c == '\r') {
                newLine();
            }
        }

        private void newLine() {
            line++;
            lineStart = at;
        }

        private void skipLine() {
            while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
                at++;
            }
        }

        private boolean skipComment() {
            int end = sql.indexOf("*/", at + 2);
            if (end < 0) {
                return false;
            }
            skipTo(end + 2);
            return true;
        }

        /** Moves on, and counts the lines on the way. */
        private void skipTo(int end) {
            while (at < end) {
                char c = sql.charAt(at);
                if (c == '\n' || c == '\r') {
                    skipBlank(c);
                } else {
                    at++;
                }
            }
        }

        private void readWord() {
            separate();
            wordStart = at;
            wordLine = line;
            wordColumn = at - lineStart + 1;
            wordInSkeleton = skeleton.length();
            while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
                at++;
            }
            String written = sql.substring(wordStart, at);
            skeleton.append(written);
            word = written.length() > 10 ? "?" : written.toUpperCase(java.util.Locale.ROOT);
        }

        private boolean readName(char quote) {
            int end = quoted(quote);
            if (end < 0) {
                return false;
            }
            separate();
            skeleton.append(sql, at, end);
            skipTo(end);
            word = "";
            return true;
        }

        /** The place after a quoted token that begins here; below zero when it does not end. */
        private int quoted(char quote) {
            int end = at + 1;
            while (true) {
                end = sql.indexOf(quote, end);
                if (end < 0) {
                    return -1;
                }
                if (end + 1 < sql.length() && sql.charAt(end + 1) == quote) {
                    end += 2;
                } else {
                    return end + 1;
                }
            }
        }

        private boolean readText() {
            int end = quoted('\'');
            // A text right behind a word is of another kind, and two texts in a row are one.
            boolean glued = at > 0 && (Character.isJavaIdentifierPart(sql.charAt(at - 1)) || sql.charAt(at - 1) == '&');
            boolean second = !skeleton.isEmpty() && skeleton.charAt(skeleton.length() - 1) == PLACE;
            if (end < 0 || glued || second || PREFIXES.contains(word)) {
                return keepText(end, glued, second);
            }
            String value = sql.substring(at + 1, end - 1).replace("''", "'");
            Literal literal =
                    switch (word) {
                        case "DATE" -> date(end, value);
                        case "TIMESTAMP" -> timestamp(end, value);
                        default ->
                            new Literal(line, at - lineStart + 1, sql.substring(at, end), "c" + value.length(), value);
                    };
            if (literal == null) {
                return keepText(end, false, false);
            }
            if (literal.value() instanceof String) {
                separate();
            } else {
                skeleton.setLength(wordInSkeleton);
            }
            skeleton.append(PLACE);
            literals.add(literal);
            skipTo(end);
            word = "";
            return true;
        }

        private boolean keepText(int end, boolean glued, boolean second) {
            if (end < 0 || second) {
                return false;
            }
            if (!glued) {
                separate();
            }
            skeleton.append(sql, at, end);
            skipTo(end);
            word = "";
            return true;
        }

        private Literal date(int end, String value) {
            try {
                return new Literal(wordLine, wordColumn, sql.substring(wordStart, end), "d", LocalDate.parse(value));
            } catch (DateTimeException e) {
                return null;
            }
        }

        private Literal timestamp(int end, String value) {
            try {
                return new Literal(
                        wordLine,
                        wordColumn,
                        sql.substring(wordStart, end),
                        "t" + Math.max(0, value.length() - "uuuu-MM-dd HH:mm:ss.".length()),
                        LocalDateTime.parse(value, TIMESTAMP));
            } catch (DateTimeException e) {
                return null;
            }
        }

        private boolean readNumber() {
            int start = at;
            int column = at - lineStart + 1;
            int point = -1;
            while (at < sql.length() && (isDigit(sql.charAt(at)) || sql.charAt(at) == '.' && point < 0)) {
                if (sql.charAt(at) == '.') {
                    point = at;
                }
                at++;
            }
            boolean odd = at < sql.length()
                    && (Character.isJavaIdentifierPart(sql.charAt(at)) || sql.charAt(at) == '.' || point == at - 1);
            if (odd) {
                // 1E3, 1., 1..2: the parser will know.
                return false;
            }
            if (at - start > MOST_DIGITS) {
                // No type holds it, and reading it takes time that grows with its square.
                return false;
            }
            String text = sql.substring(start, at);
            BigDecimal value = new BigDecimal(text);
            separate();
            skeleton.append(PLACE);
            literals.add(
                    new Literal(line, column, text, numberType(text, point < 0 ? -1 : point - start, value), value));
            word = "";
            return true;
        }

        private static String numberType(String text, int point, BigDecimal value) {
            if (point >= 0) {
                return "n" + point + "." + (text.length() - point - 1);
            }
            if (value.toBigInteger().bitLength() < Integer.SIZE) {
                return "i";
            }
            return value.toBigInteger().bitLength() < Long.SIZE ? "l" : "n" + text.length();
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }
    }
}
