package dev.weirhouse.server.docs;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.SqlScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation, with the fenced blocks that a comment right above them marks for the tests:
 *
 * <ul>
 *   <li>{@code <!-- run -->}, {@code <!-- run hive -->}: statements that must succeed
 *   <li>{@code <!-- answer IT -->}: what the last statement before it answers, in any order, as a script writes it
 *   <li>{@code <!-- fails WEIR-1046 -->}: a statement that must fail with this code
 *   <li>{@code <!-- job -->}: the text of a streaming job, which must compile
 * </ul>
 */
record DocPage(Path path, List<String> lines, List<Block> blocks) {

    /** Where the repository's folder lies, seen from the module under test. */
    static final Path REPOSITORY = Path.of("..");

    /** The folder that stands for a warehouse's home on all pages. */
    static final String HOME = "/srv/weirhouse";

    private static final Path DOCS = REPOSITORY.resolve("docs");
    private static final Pattern MARK = Pattern.compile("<!-- (run|answer|fails|job)(?: ([A-Za-z0-9?-]+))? -->");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final String FENCE = "```";

    /** @param argument what follows the mark's word; empty when nothing does */
    record Block(String word, String argument, String text) {}

    /** All pages, README.md among them. */
    static List<DocPage> all() {
        try (Stream<Path> files = Files.walk(DOCS)) {
            return Stream.concat(Stream.of(REPOSITORY.resolve("README.md")), files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .map(DocPage::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A page below docs/. */
    static DocPage of(String name) {
        return read(DOCS.resolve(name));
    }

    /** A page of these lines. */
    static DocPage of(Path path, List<String> lines) {
        return new DocPage(path, lines, blocks(path, lines));
    }

    private static DocPage read(Path path) {
        try {
            return of(path, Files.readAllLines(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Block> blocks(Path path, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher mark = MARK.matcher(lines.get(i).strip());
            if (!mark.matches()) {
                continue;
            }
            if (i + 1 == lines.size() || !lines.get(i + 1).startsWith(FENCE)) {
                throw new AssertionError(path + ":" + (i + 1) + ": no block begins under this mark");
            }
            int end = i + 2;
            while (end < lines.size() && !lines.get(end).equals(FENCE)) {
                end++;
            }
            String argument = mark.group(2) == null ? "" : mark.group(2);
            blocks.add(new Block(mark.group(1), argument, String.join("\n", lines.subList(i + 2, end))));
            i = end;
        }
        return blocks;
    }

    String text() {
        return String.join("\n", lines);
    }

    /** The files and folders of the repository that the page links to. */
    List<Path> links() {
        return LINK.matcher(text())
                .results()
                .map(link -> link.group(1).replaceFirst("#.*", ""))
                .filter(target -> !target.isEmpty() && !target.contains("://"))
                .map(target -> path.resolveSibling(target).normalize())
                .toList();
    }

    /** The texts of the streaming jobs, for a warehouse with this home. */
    List<String> jobs(Path home) {
        return blocks.stream()
                .filter(block -> block.word().equals("job"))
                .map(block -> in(home, block.text()))
                .toList();
    }

    /** All that is to be run, as a script of the test kit; empty when nothing is. */
    Optional<String> script(Path home) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            Optional<Block> answer =
                    i + 1 < blocks.size() && blocks.get(i + 1).word().equals("answer")
                            ? Optional.of(blocks.get(i + 1))
                            : Optional.empty();
            switch (block.word()) {
                case "run" -> records.addAll(statements(in(home, block.text()), dialect(block), answer));
                case "fails" ->
                    records.add("statement error [" + block.argument() + "]\n"
                            + compact(in(home, block.text()).replaceFirst(";\\s*$", "")));
                default -> {}
            }
        }
        return records.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", records) + "\n");
    }

    private static List<String> statements(String text, Dialect dialect, Optional<Block> answer) {
        List<String> records = new ArrayList<>();
        records.add("dialect " + (dialect == Dialect.HIVE ? "hive" : "flink"));
        List<SqlScript.Statement> statements = SqlScript.parse(text, dialect).statements();
        for (SqlScript.Statement statement : statements) {
            boolean answers = answer.isPresent() && statement.number() == statements.size();
            records.add(
                    answers
                            ? "query " + answer.get().argument() + " rowsort\n" + compact(statement.text()) + "\n----\n"
                                    + answer.get().text()
                            : "statement ok\n" + compact(statement.text()));
        }
        records.add("dialect flink");
        return records;
    }

    private static Dialect dialect(Block block) {
        return block.argument().isEmpty() ? Dialect.FLINK : Dialect.parse(block.argument());
    }

    /** A blank line would end a script's record. */
    private static String compact(String sql) {
        return sql.lines()
                .filter(line -> !line.isBlank())
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }

    private static String in(Path home, String text) {
        return text.replace(HOME, home.toString());
    }
}
