package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WholeFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events on their way to receivers, in files of one line each, so that neither a receiver that is down nor the death of the
 * process loses any.
 *
 * <ol>
 *   <li>Events are added to the newest file, and are on disk when {@link #add} returns.
 *   <li>Each receiver reads on from its own mark, in the order in which events were added.
 *   <li>What a receiver has taken is marked; whoever dies in between sends it again.
 *   <li>A file that all receivers are past is deleted. When all files together are larger than the bound, the oldest is deleted
 *       all the same, and what a receiver had not taken of it is dropped and counted.
 * </ol>
 *
 * <p>A process that begins adds to a file of its own, so a line that a crash tore stands at the end of a file; it is passed
 * over, because nothing was told to be added then. Thread-safe.
 */
final class EventJournal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventJournal.class);

    private static final String NAME = "%019d.jsonl";
    private static final String MARK = "mark-";

    /** How many files the bound is parted into: so much of it is lost at once. */
    private static final int FILES = 8;

    private final Path folder;
    private final long bound;
    private final TreeMap<Long, Long> sizes = new TreeMap<>();
    private final Map<String, Mark> marks = new HashMap<>();
    private final Map<String, Long> dropped = new HashMap<>();
    private long total;
    private long file;
    private FileChannel out;

    /** How far a receiver is: the file, and the offset in it of the next event. */
    record Mark(long file, long offset) {}

    /**
     * An event that waits.
     *
     * @param after where the next one begins
     */
    record Waiting(String event, Mark after) {}

    private EventJournal(Path folder, long bound) {
        this.folder = folder;
        this.bound = bound;
    }

    /**
     * Opens the journal of a folder, or makes one.
     *
     * @param bound in bytes
     * @param receivers all that there are; a new one begins with the oldest event that is kept
     */
    static EventJournal open(Path folder, long bound, Collection<String> receivers) throws IOException {
        EventJournal journal = new EventJournal(requireNonNull(folder, "folder is null"), bound);
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                String name = each.getFileName().toString();
                if (name.matches("\\d{19}\\.jsonl")) {
                    journal.sizes.put(Long.parseLong(name.substring(0, 19)), Files.size(each));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        journal.total =
                journal.sizes.values().stream().mapToLong(Long::longValue).sum();
        long newest = journal.sizes.isEmpty() ? 0 : journal.sizes.lastKey();
        for (String receiver : receivers) {
            Mark mark = journal.stored(receiver);
            journal.marks.put(receiver, mark);
            journal.dropped.put(receiver, 0L);
            // A mark may be all that is left.
            newest = Math.max(newest, mark.file());
        }
        journal.file = newest;
        journal.deletePassed();
        return journal;
    }

    private Mark stored(String receiver) throws IOException {
        Path path = folder.resolve(MARK + receiver);
        Mark oldest = new Mark(sizes.isEmpty() ? 0 : sizes.firstKey(), 0);
        if (!Files.exists(path)) {
            return oldest;
        }
        String[] words = Files.readString(path).strip().split(" ", 2);
        try {
            Mark mark = new Mark(Long.parseLong(words[0]), Long.parseLong(words[1]));
            return mark.file() < oldest.file() ? oldest : mark;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            LOG.warn("the mark {} cannot be read; what is kept is sent again", path);
            return oldest;
        }
    }

    /** Adds events; they are on disk when this returns, all of them, or none is when it throws. */
    synchronized void add(List<String> events) throws IOException {
        if (events.isEmpty()) {
            return;
        }
        if (out == null || sizes.get(file) >= bound / FILES) {
            begin();
        }
        long before = sizes.get(file);
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(event).append('\n'));
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
        long added = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(false);
        } catch (IOException e) {
            abandon(before);
            throw e;
        }
        sizes.merge(file, added, Long::sum);
        total += added;
        while (total > bound && sizes.size() > 1) {
            drop();
        }
    }

    private void begin() throws IOException {
        close();
        file++;
        out = FileChannel.open(path(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        sizes.put(file, 0L);
    }

    /** What was written in part is taken back; where that fails too, the part has no end and is passed over. */
    private void abandon(long length) {
        try {
            out.truncate(length);
        } catch (IOException e) {
            LOG.debug("a part of an event stays in {}", path(file), e);
        }
        close();
    }

    private void drop() throws IOException {
        long oldest = sizes.firstKey();
        for (Map.Entry<String, Mark> each : marks.entrySet()) {
            Mark mark = each.getValue();
            if (mark.file() <= oldest) {
                long lost = lines(oldest, mark.file() == oldest ? mark.offset() : 0);
                dropped.merge(each.getKey(), lost, Long::sum);
                mark(each.getKey(), new Mark(sizes.higherKey(oldest), 0));
                LOG.warn("receiver={} dropped={} events: the journal is full", each.getKey(), lost);
            }
        }
        delete(oldest);
    }

    private long lines(long of, long offset) throws IOException {
        long lines = 0;
        Mark at = new Mark(of, offset);
        while (true) {
            List<Waiting> some = readFile(at, 1000);
            if (some.isEmpty()) {
                return lines;
            }
            lines += some.size();
            at = some.get(some.size() - 1).after();
        }
    }

    /** The next events for a receiver; none when it has taken all. */
    synchronized List<Waiting> next(String receiver, int most) throws IOException {
        Mark from = marks.get(receiver);
        while (true) {
            List<Waiting> some = readFile(from, most);
            Long following = sizes.higherKey(from.file());
            if (!some.isEmpty() || following == null) {
                return some;
            }
            from = new Mark(following, 0);
        }
    }

    private List<Waiting> readFile(Mark from, int most) throws IOException {
        List<Waiting> events = new ArrayList<>();
        if (!sizes.containsKey(from.file()) || sizes.get(from.file()) <= from.offset()) {
            return events;
        }
        try (RandomAccessFile in = new RandomAccessFile(path(from.file()).toFile(), "r")) {
            byte[] rest = new byte[(int) Math.min(Integer.MAX_VALUE - 8, sizes.get(from.file()) - from.offset())];
            in.seek(from.offset());
            in.readFully(rest);
            int begin = 0;
            for (int i = 0; i < rest.length && events.size() < most; i++) {
                if (rest[i] == '\n') {
                    String event = new String(rest, begin, i - begin, StandardCharsets.UTF_8);
                    events.add(new Waiting(event, new Mark(from.file(), from.offset() + i + 1)));
                    begin = i + 1;
                }
            }
        }
        return events;
    }

    /** Notes that a receiver has taken all up to here. */
    synchronized void taken(String receiver, Mark upTo) throws IOException {
        // What was dropped meanwhile is behind it.
        if (upTo.file() >= marks.get(receiver).file()) {
            mark(receiver, upTo);
        }
        deletePassed();
    }

    private void mark(String receiver, Mark mark) throws IOException {
        marks.put(receiver, mark);
        WholeFile.write(folder.resolve(MARK + receiver), mark.file() + " " + mark.offset());
    }

    private void deletePassed() throws IOException {
        while (!sizes.isEmpty()) {
            long oldest = sizes.firstKey();
            boolean written = out != null && oldest == file;
            boolean passed = marks.values().stream()
                    .allMatch(mark -> mark.file() > oldest
                            || mark.file() == oldest && (mark.offset() >= sizes.get(oldest) || !waits(mark)));
            if (written || !passed) {
                return;
            }
            delete(oldest);
        }
    }

    /** Of a file that nobody adds to any more: what has no end of a line is no event. */
    private boolean waits(Mark mark) {
        try {
            return !readFile(mark, 1).isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    private void delete(long number) throws IOException {
        Files.deleteIfExists(path(number));
        total -= sizes.remove(number);
    }

    /** How many bytes wait for a receiver. */
    synchronized long waiting(String receiver) {
        Mark mark = marks.get(receiver);
        return sizes.tailMap(mark.file()).entrySet().stream()
                .mapToLong(each -> each.getKey() == mark.file() ? each.getValue() - mark.offset() : each.getValue())
                .sum();
    }

    /** How many events a receiver will never get, since the journal was opened. */
    synchronized long dropped(String receiver) {
        return dropped.get(receiver);
    }

    private Path path(long number) {
        return folder.resolve(NAME.formatted(number));
    }

    @Override
    public synchronized void close() {
        if (out != null) {
            try {
                out.close();
            } catch (IOException e) {
                LOG.debug("{} did not close in order", path(file), e);
            }
            out = null;
        }
    }
}
