package dev.weirhouse.catalog.queries;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WholeFile;
import dev.weirhouse.catalog.state.LoggedQuery;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queries that are not in their table yet, in files of one line each: a process that dies leaves them to the next. The files
 * are numbered, each is written to the table as one commit and then deleted; the newest is being written.
 *
 * <p>Thread-safe.
 */
final class QueryJournal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(QueryJournal.class);

    private static final String SUFFIX = ".jsonl";
    private static final String NAME = "%019d" + SUFFIX;
    private static final String WRITER = "writer";
    private static final String LAST = "last";

    /** A file of more is ended, so that no commit is too large. */
    private static final int MOST_LINES = 50_000;

    private final Path folder;
    private long number;
    private OutputStream out;
    private long lines;

    private QueryJournal(Path folder, long number) {
        this.folder = folder;
        this.number = number;
    }

    /** Opens the journal of a folder, or makes one; what is there already is whole. */
    static QueryJournal open(Path folder) throws IOException {
        Files.createDirectories(requireNonNull(folder, "folder is null"));
        QueryJournal journal = new QueryJournal(folder, 0);
        List<Long> there = journal.numbers();
        journal.number = Math.max(journal.last(), there.isEmpty() ? 0 : there.get(there.size() - 1));
        return journal;
    }

    /** The name that this folder's commits bear, the same at each start. */
    String writer() throws IOException {
        Path file = folder.resolve(WRITER);
        if (!Files.exists(file)) {
            WholeFile.write(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).strip();
    }

    /** The number of the last file that was written to the table. */
    long last() throws IOException {
        Path file = folder.resolve(LAST);
        return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
    }

    /** Adds queries; they are with the operating system when this returns. */
    synchronized void add(List<LoggedQuery> queries) throws IOException {
        if (out == null) {
            number++;
            out = new BufferedOutputStream(Files.newOutputStream(file(number)));
        }
        try {
            for (LoggedQuery query : queries) {
                out.write(QueryLine.write(query));
                out.write('\n');
            }
            out.flush();
        } catch (IOException e) {
            // What was written in part is not written again behind that part.
            abandon();
            throw e;
        }
        lines += queries.size();
        if (lines >= MOST_LINES) {
            endFile();
        }
    }

    /** Ends the file that is being written, and gives the numbers of all files, in their order. */
    synchronized List<Long> end() throws IOException {
        endFile();
        return numbers();
    }

    private void abandon() {
        OutputStream broken = out;
        out = null;
        lines = 0;
        try {
            broken.close();
        } catch (IOException e) {
            LOG.debug("a file of queries did not close in order", e);
        }
    }

    private void endFile() throws IOException {
        if (out != null) {
            OutputStream ended = out;
            out = null;
            lines = 0;
            ended.close();
        }
    }

    /** The queries of a file, to be closed. A line may be torn anywhere, also within a character. */
    Stream<LoggedQuery> read(long file) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(
                Files.newInputStream(file(file)),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE)));
        return reader.lines().map(QueryLine::read).flatMap(Optional::stream).onClose(() -> {
            try {
                reader.close();
            } catch (IOException e) {
                LOG.debug("a file of queries did not close in order", e);
            }
        });
    }

    /** Deletes a file that is in the table. */
    void written(long file) throws IOException {
        WholeFile.write(folder.resolve(LAST), Long.toString(file));
        Files.deleteIfExists(file(file));
    }

    private Path file(long file) {
        return folder.resolve(NAME.formatted(file));
    }

    private List<Long> numbers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d{19}\\" + SUFFIX))
                    .map(name -> Long.parseLong(name.substring(0, name.length() - SUFFIX.length())))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        end();
    }
}
