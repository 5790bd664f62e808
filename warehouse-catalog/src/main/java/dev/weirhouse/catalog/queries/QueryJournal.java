package dev.weirhouse.catalog.queries;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.state.LoggedQuery;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The queries that are not in their table yet, in files of one line each: a process that dies leaves them to the next. The files
 * are numbered, each is written to the table as one commit and then deleted; the newest is being written.
 *
 * <p>Thread-safe.
 */
final class QueryJournal implements AutoCloseable {

    private static final String SUFFIX = ".jsonl";
    private static final String NAME = "%019d" + SUFFIX;
    private static final String WRITER = "writer";

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
        journal.number = there.isEmpty() ? 0 : there.get(there.size() - 1);
        return journal;
    }

    /** The name that this folder's commits bear, the same at each start. */
    String writer() throws IOException {
        Path file = folder.resolve(WRITER);
        if (!Files.exists(file)) {
            Files.writeString(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).strip();
    }

    /** Goes on at a later number, so that none is used twice. */
    synchronized void continueAfter(long last) {
        number = Math.max(number, last);
    }

    /** Adds queries; they are with the operating system when this returns. */
    synchronized void add(List<LoggedQuery> queries) throws IOException {
        if (out == null) {
            number++;
            out = new BufferedOutputStream(Files.newOutputStream(file(number)));
        }
        for (LoggedQuery query : queries) {
            out.write(QueryLine.write(query));
            out.write('\n');
        }
        out.flush();
        lines += queries.size();
    }

    /** How many queries the file holds that is being written. */
    synchronized long lines() {
        return lines;
    }

    /** Ends the file that is being written, and gives the numbers of all files, in their order. */
    synchronized List<Long> end() throws IOException {
        if (out != null) {
            OutputStream ended = out;
            out = null;
            lines = 0;
            ended.close();
        }
        return numbers();
    }

    /** The queries of a file, to be closed. */
    Stream<LoggedQuery> read(long file) throws IOException {
        return Files.lines(file(file)).map(QueryLine::read).flatMap(Optional::stream);
    }

    void delete(long file) throws IOException {
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
