package dev.weirhouse.server.cli;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.SqlScript;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A prompt for statements. A statement ends with {@code ;}; Ctrl-C cancels one that runs, Ctrl-D ends the prompt. */
final class SqlShell {

    private static final String HISTORY = ".weir_history";

    private final SqlClient client;
    private final AnswerPrinter printer;
    private final Dialect dialect;
    private final long maxRows;

    SqlShell(SqlClient client, AnswerPrinter printer, Dialect dialect, long maxRows) {
        this.client = client;
        this.printer = printer;
        this.dialect = dialect;
        this.maxRows = maxRows;
    }

    int run() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().build()) {
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .appName("weir")
                    .parser(new UntilSemicolon())
                    .variable(LineReader.HISTORY_FILE, Path.of(System.getProperty("user.home"), HISTORY))
                    .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   -> ")
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            terminal.handle(Terminal.Signal.INT, signal -> cancel(terminal));
            terminal.writer().println("Statements end with ';'. 'quit' or Ctrl-D ends, Ctrl-C cancels.");
            while (true) {
                String text;
                try {
                    text = reader.readLine("weir> ");
                } catch (UserInterruptException e) {
                    continue;
                } catch (EndOfFileException e) {
                    return ExitCode.OK;
                }
                if (isQuit(text)) {
                    return ExitCode.OK;
                }
                runAll(text, terminal);
            }
        }
    }

    private void runAll(String text, Terminal terminal) {
        try {
            for (SqlScript.Statement statement : SqlScript.parse(text, dialect).statements()) {
                client.run(statement.bind(Map.of()).sql(), maxRows, printer, elapsed -> {
                    terminal.writer().printf("\r… %d s ", elapsed / 1000);
                    terminal.flush();
                });
            }
        } catch (ApiFailure | WarehouseException e) {
            terminal.writer().println(e.getMessage());
            terminal.flush();
        }
    }

    private void cancel(Terminal terminal) {
        try {
            client.cancel();
        } catch (ApiFailure | WarehouseException e) {
            terminal.writer().println(e.getMessage());
        }
    }

    private static boolean isQuit(String text) {
        String word = text.strip().replaceFirst(";$", "");
        return word.equalsIgnoreCase("quit") || word.equalsIgnoreCase("exit");
    }

    /** Keeps asking for lines until what is there ends with {@code ;} outside of strings and comments. */
    private final class UntilSemicolon implements Parser {

        private final Parser words = new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]);

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            if (context == ParseContext.ACCEPT_LINE && !line.isBlank() && !isQuit(line) && !isComplete(line)) {
                throw new EOFError(-1, cursor, "the statement has no ';' yet");
            }
            return words.parse(line, cursor, ParseContext.UNSPECIFIED);
        }

        private boolean isComplete(String line) {
            if (!line.stripTrailing().endsWith(";")) {
                return false;
            }
            try {
                SqlScript.parse(line, dialect);
                return true;
            } catch (WarehouseException e) {
                return false;
            }
        }
    }
}
