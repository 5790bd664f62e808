package dev.weirhouse.catalog.flink.checkpoint;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.flink.checkpoint.CheckpointFile.SourceState;
import dev.weirhouse.catalog.state.JobReads;
import dev.weirhouse.catalog.state.PassedOver;
import dev.weirhouse.catalog.state.StreamRun;
import dev.weirhouse.catalog.state.StreamSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.paimon.table.FileStoreTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look at the checkpoints of a streaming job that are still there, and at what its sources had read at each.
 *
 * <p>A commit bears the number of its checkpoint, and a job's numbers go on through all of its submissions, so that one of
 * them has taken the checkpoint: mostly the one that committed it, but the one before where that died in between.
 *
 * <p>Folders are listed once, a checkpoint is read once, and a table opened once. Not thread-safe.
 */
public final class JobCheckpoints {

    private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);

    private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d{1,18})");

    /** A checkpoint's commit comes right after it: so many are read ahead of their commits. */
    private static final int AHEAD = 3;

    /** Flink begins the name of a savepoint with so much of the job's id. */
    private static final int SAVEPOINT_ID = 6;

    private final List<StreamRun> runs;
    private final Function<String, Optional<FileStoreTable>> tables;
    private final Overwrites overwrites;
    private final Map<Asked, List<CheckpointRead>> known = new HashMap<>();
    private final Map<String, Optional<FileStoreTable>> opened = new HashMap<>();
    private Map<Long, List<Place>> checkpoints;
    private Map<Long, List<Place>> savepoints;
    private long newest;

    private record Asked(long checkpoint, String runId) {}

    /**
     * A checkpoint's folder, and the submission that took it.
     *
     * @param age of the submission: 0 is the newest
     */
    private record Place(Path folder, StreamRun run, int age) {}

    /**
     * @param runs the job's submissions, the newest first
     * @param before what is known of what they have read
     * @param tables finds the table that a version is
     */
    public JobCheckpoints(List<StreamRun> runs, JobReads before, Function<String, Optional<FileStoreTable>> tables) {
        this.runs = List.copyOf(runs);
        this.overwrites = new Overwrites(before);
        this.tables = requireNonNull(tables, "tables is null");
    }

    /**
     * How far each source had read at a checkpoint; none when nothing is known of the submission.
     *
     * @param runId the submission that committed it
     * @throws UncheckedIOException when the folders or the file cannot be read now
     */
    public List<CheckpointRead> at(long checkpoint, String runId) {
        Asked asked = new Asked(checkpoint, runId);
        List<CheckpointRead> reads = known.get(asked);
        if (reads == null) {
            reads = look(checkpoint, runId);
            known.put(asked, reads);
        }
        return reads;
    }

    /**
     * Reads the newest checkpoints of the newest submission, for when they are asked for and gone. What is not complete is left
     * for later.
     */
    public void readAhead() {
        if (runs.isEmpty()) {
            return;
        }
        StreamRun run = runs.get(0);
        try {
            for (Place place : newest(run)) {
                Asked asked = new Asked(number(place.folder()).orElseThrow(), run.runId());
                if (!known.containsKey(asked) && isComplete(place.folder())) {
                    known.put(asked, read(CheckpointFile.load(place.folder()), asked.checkpoint(), run));
                }
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.debug("run={} its checkpoints cannot be read ahead", run.runId(), e);
        }
    }

    private static List<Place> newest(StreamRun run) throws IOException {
        return list(new Path(run.place().checkpoints(), run.place().flinkJobId())).stream()
                .filter(folder -> number(folder).isPresent())
                .sorted(Comparator.comparingLong((Path folder) -> number(folder).getAsLong())
                        .reversed())
                .limit(AHEAD)
                .map(folder -> new Place(folder, run, 0))
                .toList();
    }

    private static OptionalLong number(Path folder) {
        Matcher name = CHECKPOINT.matcher(folder.getName());
        return name.matches() ? OptionalLong.of(Long.parseLong(name.group(1))) : OptionalLong.empty();
    }

    /** By version, overwrites that the job has passed over and that were not known before. */
    public Map<String, PassedOver> overwrites() {
        return overwrites.found();
    }

    /** The same sources, of which nothing is known. */
    public List<CheckpointRead> unknown(String runId, String reason) {
        return runs.stream()
                .filter(run -> run.runId().equals(runId))
                .findFirst()
                .map(run -> unknown(run, reason))
                .orElse(List.of());
    }

    private static List<CheckpointRead> unknown(StreamRun run, String reason) {
        return run.sources().stream()
                .map(source -> CheckpointRead.unknown(source.table(), source.version(), reason))
                .toList();
    }

    private List<CheckpointRead> look(long checkpoint, String runId) {
        try {
            Optional<Place> place = find(checkpoint, runId);
            if (place.isEmpty()) {
                return unknown(
                        runId,
                        "checkpoint " + checkpoint
                                + " was never completed, or is not kept any more: what it had read is" + " not known");
            }
            return read(
                    CheckpointFile.load(place.get().folder()),
                    checkpoint,
                    place.get().run());
        } catch (FileNotFoundException e) {
            return unknown(runId, "checkpoint " + checkpoint + " was never completed, or is being deleted");
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoint " + checkpoint + " cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("checkpoint={} is not understood", checkpoint, e);
            return unknown(runId, "checkpoint " + checkpoint + " is not understood: " + e.getMessage());
        }
    }

    private List<CheckpointRead> read(CheckpointFile file, long checkpoint, StreamRun run) {
        return file.hasRowsOnTheWay()
                ? unknown(
                        run,
                        "rows were on their way when checkpoint " + checkpoint
                                + " was taken: not all that was read had arrived")
                : run.sources().stream()
                        .map(source -> read(file, checkpoint, source))
                        .toList();
    }

    private CheckpointRead read(CheckpointFile file, long checkpoint, StreamSource source) {
        if (source.reader().equals(StreamSource.LOOKUP)) {
            return unknown(source, "rows are looked up in it as others pass, at whatever snapshot is its newest then");
        }
        if (source.reader().equals(StreamSource.LATER)) {
            return unknown(source, "the job's text has it begin in the middle: not all that was there before was read");
        }
        try {
            Optional<SourceState> state = file.source(source.operatorId());
            return state.isEmpty()
                    ? unknown(source, "checkpoint " + checkpoint + " holds nothing of its source: it had ended")
                    : read(state.get(), source);
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.debug("checkpoint={} operator={} is not understood", checkpoint, source.operatorId(), e);
            return unknown(
                    source, "what checkpoint " + checkpoint + " says of it is not understood: " + e.getMessage());
        }
    }

    private CheckpointRead read(SourceState state, StreamSource source) throws IOException {
        return switch (source.reader()) {
            case StreamSource.PAIMON ->
                settled(source, TableSnapshots.read(source, table(source.version()), TableSplits.progress(state)));
            case StreamSource.PAIMON_MONITOR ->
                settled(source, TableSnapshots.read(source, table(source.version()), TableSplits.watched(state)));
            case StreamSource.KAFKA, StreamSource.POSTGRES -> outside(state, source);
            default -> unknown(source, "how far a " + source.reader() + " has read is not told by its checkpoints");
        };
    }

    /** What was read up to a snapshot, unless an overwrite was passed over on the way there. */
    private CheckpointRead settled(StreamSource source, CheckpointRead read) {
        Optional<FileStoreTable> table = table(source.version());
        if (read.snapshot().isEmpty() || table.isEmpty()) {
            return read;
        }
        return overwrites
                .before(table.get(), source.version(), read.snapshot().getAsLong())
                .map(overwrite -> unknown(source, why(overwrite)))
                .orElse(read);
    }

    private static String why(PassedOver overwrite) {
        return "snapshot " + overwrite.snapshot()
                + (overwrite.seen()
                        ? " replaced rows, which streaming readers pass over: what was read since is no snapshot's"
                        : " expired before it was looked at: if it replaced rows, streaming readers have passed over that");
    }

    private Optional<FileStoreTable> table(String version) {
        return opened.computeIfAbsent(version, tables);
    }

    private static CheckpointRead outside(SourceState state, StreamSource source) throws IOException {
        try {
            return source.reader().equals(StreamSource.KAFKA)
                    ? CheckpointRead.at(source.table(), source.version(), KafkaOffsets.position(state.splits()))
                    : PostgresPositions.read(source, state.splits());
        } catch (LinkageError e) {
            return unknown(source, "its connector is not installed here, which would tell how far it has read");
        }
    }

    private static CheckpointRead unknown(StreamSource source, String reason) {
        return CheckpointRead.unknown(source.table(), source.version(), reason);
    }

    /**
     * A number may have been given twice, after the checkpoint was lost: no submission committed what a later one took, nor what
     * an earlier one took after the checkpoint that it began from itself.
     */
    private Optional<Place> find(long checkpoint, String runId) throws IOException {
        // The job goes on while it is looked at.
        if (checkpoints == null || checkpoint > newest) {
            checkpoints = checkpoints();
            savepoints = null;
            newest = checkpoints.keySet().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElse(0);
        }
        Optional<Place> place = place(checkpoints, checkpoint, runId);
        if (place.isPresent()) {
            return place;
        }
        if (savepoints == null) {
            savepoints = savepoints();
        }
        return place(savepoints, checkpoint, runId);
    }

    private Optional<Place> place(Map<Long, List<Place>> found, long checkpoint, String runId) throws IOException {
        int owner = 0;
        while (owner < runs.size() && !runs.get(owner).runId().equals(runId)) {
            owner++;
        }
        long inherited =
                owner < runs.size() ? runs.get(owner).place().restored().orElse(Long.MAX_VALUE) : 0;
        for (Place place : found.getOrDefault(checkpoint, List.of())) {
            boolean canBe = place.age() == owner || place.age() > owner && checkpoint <= inherited;
            if (canBe && isComplete(place.folder())) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    /** By number, those of the newest submission first; some may be in the making, or have been when their process died. */
    private Map<Long, List<Place>> checkpoints() throws IOException {
        Map<Long, List<Place>> found = new HashMap<>();
        for (int age = 0; age < runs.size(); age++) {
            StreamRun run = runs.get(age);
            for (Path folder :
                    list(new Path(run.place().checkpoints(), run.place().flinkJobId()))) {
                OptionalLong number = number(folder);
                if (number.isPresent()) {
                    add(found, number.getAsLong(), new Place(folder, run, age));
                }
            }
        }
        return found;
    }

    /** What a submission was stopped with; the name of a savepoint tells no number. */
    private Map<Long, List<Place>> savepoints() throws IOException {
        Map<Long, List<Place>> found = new HashMap<>();
        for (int age = 0; age < runs.size(); age++) {
            StreamRun run = runs.get(age);
            String name = "savepoint-" + run.place().flinkJobId().substring(0, SAVEPOINT_ID) + "-";
            for (Path folder : list(new Path(run.place().savepoints()))) {
                if (folder.getName().startsWith(name) && isComplete(folder)) {
                    add(found, CheckpointFile.load(folder).number(), new Place(folder, run, age));
                }
            }
        }
        return found;
    }

    private static void add(Map<Long, List<Place>> found, long number, Place place) {
        found.computeIfAbsent(number, key -> new ArrayList<>()).add(place);
    }

    private static boolean isComplete(Path folder) throws IOException {
        Path metadata = new Path(folder, CheckpointFile.METADATA);
        return metadata.getFileSystem().exists(metadata);
    }

    private static List<Path> list(Path folder) throws IOException {
        try {
            FileSystem files = folder.getFileSystem();
            FileStatus[] entries = files.exists(folder) ? files.listStatus(folder) : null;
            return entries == null
                    ? List.of()
                    : List.of(entries).stream()
                            .filter(FileStatus::isDir)
                            .map(FileStatus::getPath)
                            .toList();
        } catch (FileNotFoundException e) {
            // Gone between the two calls.
            return List.of();
        }
    }
}
