package dev.weirhouse.catalog.flink.flow;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;

/**
 * What the warehouse and a job of a flow tell each other, in files beside the tables.
 *
 * <ul>
 *   <li>{@code target-B}: how far the job is to read for boundary B, written by the warehouse ({@link FlowTarget} as JSON)
 *   <li>{@code reached-K-B}: that the job stood at boundary B when checkpoint K was taken, written by the job before any of the
 *       checkpoint's commits; it holds only if the checkpoint was completed, which its commits show
 * </ul>
 *
 * <p>No file is ever changed. A job that comes to a checkpoint of the same number again, because the first was not completed,
 * deletes what it said of that one before it commits anything: who finds a commit of checkpoint K and <em>then</em> the file
 * may believe the file.
 */
public final class FlowFolder {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TARGET = Pattern.compile("target-(\\d+)");
    private static final Pattern REACHED = Pattern.compile("reached-(\\d+)-(\\d+)");

    private final FileIO files;
    private final Path folder;

    /** @param folder of the job alone */
    public FlowFolder(FileIO files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    /** The highest boundary that the job is to read to; empty before one was written. */
    public Optional<FlowTarget> target() throws IOException {
        while (true) {
            OptionalLong newest = newestTarget();
            if (newest.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(JSON.readValue(files.readFileUtf8(target(newest.getAsLong())), FlowTarget.class));
            } catch (FileNotFoundException e) {
                if (newestTarget().equals(newest)) {
                    throw e;
                }
                // A newer one has taken its place.
            }
        }
    }

    private OptionalLong newestTarget() throws IOException {
        OptionalLong newest = OptionalLong.empty();
        for (FileStatus file : list()) {
            Matcher name = TARGET.matcher(file.getPath().getName());
            if (name.matches()) {
                newest = OptionalLong.of(Math.max(newest.orElse(0), Long.parseLong(name.group(1))));
            }
        }
        return newest;
    }

    /** Says how far the job is to read, and forgets what was said before. */
    public void write(FlowTarget next) throws IOException {
        files.tryToWriteAtomic(target(next.boundary()), JSON.writeValueAsString(next));
        for (FileStatus file : list()) {
            Matcher name = TARGET.matcher(file.getPath().getName());
            if (name.matches() && Long.parseLong(name.group(1)) < next.boundary()) {
                files.deleteQuietly(file.getPath());
            }
        }
    }

    /** For each checkpoint that was taken at a boundary, that boundary. */
    public SortedMap<Long, Long> reached() throws IOException {
        SortedMap<Long, Long> reached = new TreeMap<>();
        for (FileStatus file : list()) {
            Matcher name = REACHED.matcher(file.getPath().getName());
            if (name.matches()) {
                reached.put(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
            }
        }
        return reached;
    }

    /** Says at which boundary a checkpoint is taken. */
    void addReached(long checkpoint, long boundary) throws IOException {
        files.tryToWriteAtomic(reached(checkpoint, boundary), "");
    }

    /** Forgets what was said of a checkpoint. */
    public void removeReached(long checkpoint, long boundary) throws IOException {
        Path file = reached(checkpoint, boundary);
        if (!files.delete(file, false) && files.exists(file)) {
            throw new IOException("The file " + file + " cannot be deleted.");
        }
    }

    /** Deletes the folder. */
    public void delete() {
        files.deleteDirectoryQuietly(folder);
    }

    private FileStatus[] list() throws IOException {
        try {
            FileStatus[] found = files.listStatus(folder);
            return found == null ? new FileStatus[0] : found;
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }

    private Path target(long boundary) {
        return new Path(folder, "target-" + boundary);
    }

    private Path reached(long checkpoint, long boundary) {
        return new Path(folder, "reached-" + checkpoint + "-" + boundary);
    }
}
