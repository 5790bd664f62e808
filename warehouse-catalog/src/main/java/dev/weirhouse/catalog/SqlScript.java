package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A text of SQL statements, each ended by {@code ;}, split without being parsed. The splitter knows just as much of each
 * dialect's tokens as is needed to tell a {@code ;} that ends a statement from one inside a string, a quoted name, a
 * comment, a hint or a statement set:
 *
 * <ul>
 *   <li>both: comments from {@code --} to the end of the line or between slash-star and star-slash, hints, {@code
 *       'strings'} and {@code `names`};
 *   <li>Flink: comments after {@code //}, {@code ''} inside a string, and statement sets, {@code BEGIN STATEMENT SET; …
 *       END} and {@code EXECUTE STATEMENT SET BEGIN … END}, each one statement; the first form is bound as the second,
 *       which Flink's parser takes whole;
 *   <li>Hive: {@code "strings"}, {@code \} inside a string, comments inside comments.
 * </ul>
 *
 * <p>{@code SET 'table.sql-dialect' = 'hive'} switches the dialect for the statements after it, as it does for Flink.
 *
 * <p>Outside of comments, {@code ${name}} and {@code ${name:-default}} name variables, which {@link Statement#bind} puts in
 * once the text is split, so that a value can never begin or end a statement; <code>$${</code> stands for <code>${</code>.
 * {@code ${hivevar:name}} is {@code ${name}}; {@code ${hiveconf:name}} is the variable {@code hiveconf:name} or else
 * {@code name}. What a value contains is not looked at again. {@code ${secret:name}} stays as it is: secrets come in later
 * and stand in no text.
 *
 * <p>Immutable and a pure function of the text. Lines and columns count from 1, columns in UTF-16 units; a line ends with
 * {@code \n}, {@code \r\n} or {@code \r}, as in Flink's parser.
 */
public final class SqlScript {

    /** The greatest length of a text, and of a statement with its variables put in, in UTF-16 units. */
    public static final int MAX_CHARACTERS = 1 << 20;

    private final List<Statement> statements;

    private SqlScript(List<Statement> statements) {
        this.statements = List.copyOf(statements);
    }

    /**
     * Splits a text that begins in the given dialect.
     *
     * @throws WarehouseException {@code SYNTAX_ERROR} with its position: a text that is too long, a NUL character, or a
     *     string, name, comment, hint, variable or statement set that does not end
     */
    public static SqlScript parse(String text, Dialect dialect) {
        requireNonNull(text, "text is null");
        requireNonNull(dialect, "dialect is null");
        if (text.length() > MAX_CHARACTERS) {
            throw new WarehouseException(
                    CatalogError.SYNTAX_ERROR,
                    "The text has %,d characters and may have %,d: split it in two."
                            .formatted(text.length(), MAX_CHARACTERS));
        }
        return new SqlScript(new SqlScanner(text, dialect).scan());
    }

    /** The statements in order; empty ones are left out. */
    public List<Statement> statements() {
        return statements;
    }

    /** One statement as it stands in the text, without the {@code ;} that ends it and the comments around it. */
    public static final class Statement {

        private final int number;
        private final Dialect dialect;
        private final TextPositions file;
        private final int start;
        private final int end;
        private final List<Substitution> substitutions;

        Statement(
                int number, Dialect dialect, TextPositions file, int start, int end, List<Substitution> substitutions) {
            this.number = number;
            this.dialect = dialect;
            this.file = file;
            this.start = start;
            this.end = end;
            this.substitutions = List.copyOf(substitutions);
        }

        /** The statement's place among the statements, from 1. */
        public int number() {
            return number;
        }

        /** The dialect that the statement was split in. */
        public Dialect dialect() {
            return dialect;
        }

        /** The statement as written, variables and all. */
        public String text() {
            return file.text().substring(start, end);
        }

        /** Where the statement's first token stands in the text. */
        public Position position() {
            return file.at(start);
        }

        /** Where the statement begins in the text, in UTF-16 units from 0. */
        public int startOffset() {
            return start;
        }

        /** Where the statement ends in the text: the unit after its last token. */
        public int endOffset() {
            return end;
        }

        /**
         * Puts the variables in, in a single pass.
         *
         * @throws WarehouseException with its position in the file: {@code SEMANTIC_ERROR} for a variable that has
         *     neither value nor default, {@code SYNTAX_ERROR} when the statement gets too long or a value holds a NUL
         */
        public Bound bind(Map<String, String> variables) {
            StringBuilder sql = new StringBuilder(end - start);
            List<Span> spans = new ArrayList<>(2 * substitutions.size() + 1);
            int copied = start;
            for (Substitution substitution : substitutions) {
                spans.add(new Span(sql.length(), copied, true));
                sql.append(file.text(), copied, substitution.start());
                spans.add(new Span(sql.length(), substitution.start(), false));
                sql.append(value(substitution, variables));
                copied = substitution.end();
                if (sql.length() > MAX_CHARACTERS) {
                    throw new WarehouseException(
                            CatalogError.SYNTAX_ERROR,
                            "With its variables put in, the statement has more than %,d characters."
                                    .formatted(MAX_CHARACTERS),
                            file.at(substitution.start()),
                            null);
                }
            }
            spans.add(new Span(sql.length(), copied, true));
            sql.append(file.text(), copied, end);
            return new Bound(this, sql.toString(), List.copyOf(spans));
        }

        private String value(Substitution substitution, Map<String, String> variables) {
            if (substitution instanceof Substitution.Fixed fixed) {
                return fixed.text();
            }
            Substitution.Variable variable = (Substitution.Variable) substitution;
            String value = find(variable, variables)
                    .or(variable::fallback)
                    .orElseThrow(() -> new WarehouseException(
                            CatalogError.SEMANTIC_ERROR,
                            "The variable '%1$s' has no value: give it one, or a default as in ${%1$s:-default}."
                                    .formatted(variable.qualifiedName()),
                            file.at(variable.start()),
                            null));
            if (value.indexOf('\0') >= 0) {
                throw new WarehouseException(
                        CatalogError.SYNTAX_ERROR,
                        "The value of the variable '%s' holds a NUL character.".formatted(variable.qualifiedName()),
                        file.at(variable.start()),
                        null);
            }
            return value;
        }

        private static Optional<String> find(Substitution.Variable variable, Map<String, String> variables) {
            String qualified = variables.get(variable.qualifiedName());
            return Optional.ofNullable(qualified != null ? qualified : variables.get(variable.name()));
        }

        @Override
        public String toString() {
            return position() + ": " + text();
        }
    }

    /** A statement ready to be run, and the way back from its places to those of the file it came from. */
    public static final class Bound {

        private final Statement statement;
        private final String sql;
        private final List<Span> spans;

        private Bound(Statement statement, String sql, List<Span> spans) {
            this.statement = statement;
            this.sql = sql;
            this.spans = spans;
        }

        public Statement statement() {
            return statement;
        }

        /** The text to run. */
        public String sql() {
            return sql;
        }

        /** The place in the file of a place in {@link #sql()}; inside a variable's value, that of the variable. */
        public Position inFile(Position inSql) {
            int offset = new TextPositions(sql).offset(inSql);
            Span span = spans.get(0);
            for (Span next : spans) {
                if (next.sqlStart() > offset) {
                    break;
                }
                span = next;
            }
            return statement.file.at(span.fileStart() + (span.copied() ? offset - span.sqlStart() : 0));
        }

        /** The same error with its place in the file: the error's own, or else where the statement begins. */
        public WarehouseException inFile(WarehouseException error) {
            Position position = error.position().map(this::inFile).orElseGet(statement::position);
            WarehouseException moved = new WarehouseException(error.code(), error.detail(), position, error.getCause());
            moved.setStackTrace(error.getStackTrace());
            return moved;
        }

        @Override
        public String toString() {
            return statement.position() + ": " + sql;
        }
    }

    /** What stands in the text from {@code start} to {@code end} and is replaced when the statement is bound. */
    sealed interface Substitution {

        int start();

        int end();

        /** Always the same text. */
        record Fixed(int start, int end, String text) implements Substitution {}

        /**
         * A variable's value.
         *
         * @param space {@code hiveconf:} or empty
         */
        record Variable(int start, int end, String space, String name, Optional<String> fallback)
                implements Substitution {
            String qualifiedName() {
                return space + name;
            }
        }
    }

    /** A stretch of a bound text, up to the next one: copied from the file unit by unit, or put in at one place of it. */
    private record Span(int sqlStart, int fileStart, boolean copied) {}
}
