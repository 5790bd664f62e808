package dev.weirhouse.testkit.script;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The scripts of a module as tests, one a file:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> scripts(TestWarehouse warehouse) {
 *     return SqlScripts.tests(warehouse::connect);
 * }
 * }</pre>
 */
public final class SqlScripts {

    /** The system property that makes runs write down what is answered instead of comparing it. */
    public static final String REWRITE_PROPERTY = "weir.scripts.rewrite";

    /** Where a module's scripts lie. */
    public static final Path FOLDER = Path.of("src", "test", "sql");

    private static final String SUFFIX = ".test";

    private SqlScripts() {}

    /** The scripts of the module under test, in the folders below {@link #FOLDER} too. */
    public static Stream<DynamicTest> tests(ScriptConnection.Source source) {
        return tests(FOLDER, source);
    }

    /** The scripts in a folder and those below it. */
    public static Stream<DynamicTest> tests(Path folder, ScriptConnection.Source source) {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the scripts in " + folder.toAbsolutePath(), e);
        }
        if (files.isEmpty()) {
            // A misspelt folder must not look like success.
            throw new AssertionError("No scripts in " + folder.toAbsolutePath());
        }
        // No source address for the tests: Maven's runner loses tests whose source is not the class that made them.
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(folder.relativize(file).toString(), () -> run(file, source)));
    }

    /** Runs one script. */
    public static void run(Path file, ScriptConnection.Source source) throws Exception {
        ScriptRun.Mode mode = Boolean.getBoolean(REWRITE_PROPERTY) ? ScriptRun.Mode.REWRITE : ScriptRun.Mode.COMPARE;
        run(file, source, mode);
    }

    static void run(Path file, ScriptConnection.Source source, ScriptRun.Mode mode) throws Exception {
        List<String> lines = Files.readAllLines(file);
        List<String> after;
        try (ScriptSessions sessions = ScriptSessions.open(source, database(file))) {
            after = new ScriptRun(file.toString(), lines, sessions, mode).run();
        }
        if (!after.equals(lines)) {
            Files.write(file, after);
        }
    }

    /** A database name that is the same in every run, because answers may show it. */
    private static String database(Path file) {
        String name = file.getFileName().toString();
        return "script_"
                + name.substring(0, name.length() - SUFFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9]", "_");
    }
}
