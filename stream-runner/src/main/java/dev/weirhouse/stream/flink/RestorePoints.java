package dev.weirhouse.stream.flink;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.stream.StreamError;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what a job starts from: the newest complete checkpoint or savepoint.
 *
 * <p>Flink counts a job's checkpoints upwards, through savepoints and restarts from either, so the newest is the one with
 * the highest number. It must be that one: what a later checkpoint committed would be written again from an earlier one.
 * A checkpoint is complete when its {@code _metadata} can be read; Flink moves that file into place when all else is
 * written, and announces the checkpoint, on which sinks commit, only afterwards.
 */
public final class RestorePoints {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePoints.class);
    private static final String METADATA = "_metadata";
    private static final String CHECKPOINT = "chk-";

    private final Path root;

    /** @param root the folder or URI below which all jobs' checkpoints and savepoints lie */
    public RestorePoints(String root) {
        this.root = new Path(root);
    }

    /** Where a job's checkpoints are written, one folder for each Flink job below it. */
    public String checkpoints(String jobId) {
        return new Path(new Path(root, "checkpoints"), jobId).toString();
    }

    /** Where a job's savepoints are written. */
    public String savepoints(String jobId) {
        return new Path(new Path(root, "savepoints"), jobId).toString();
    }

    /**
     * The newest complete checkpoint or savepoint of a job.
     *
     * @throws WarehouseException CHECKPOINTS_UNREACHABLE when the folders cannot be listed; CHECKPOINTS_UNREADABLE when one
     *     that may be the newest cannot be read: to begin from an older one in silence would write rows twice
     */
    public Optional<String> newest(String jobId) {
        Path newest = null;
        long highest = -1;
        List<Path> unreadable = new ArrayList<>();
        for (Path candidate : candidates(jobId)) {
            if (nameNumber(candidate) >= 0 && nameNumber(candidate) <= highest) {
                continue;
            }
            try {
                long number = number(candidate);
                if (number > highest) {
                    highest = number;
                    newest = candidate;
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("job={} the checkpoint {} cannot be read", jobId, candidate, e);
                unreadable.add(candidate);
            }
        }
        for (Path candidate : unreadable) {
            long number = nameNumber(candidate);
            if (number < 0 || number > highest) {
                throw new WarehouseException(
                        StreamError.CHECKPOINTS_UNREADABLE,
                        "The checkpoint " + candidate
                                + " is the job's newest, or may be, and cannot be read. Put it back"
                                + " whole. Or move it away to begin from an older one: rows that were written since are"
                                + " then written again, which a table with a key mends and one without does not.");
            }
        }
        return Optional.ofNullable(newest).map(Path::toString);
    }

    /** Whether what {@link #newest} answered is a savepoint. */
    public boolean isSavepoint(String jobId, String restorePoint) {
        return new Path(restorePoint).getParent().equals(new Path(savepoints(jobId)));
    }

    /** Removes a job's old checkpoints but the newest ones; savepoints stay. */
    public void retain(String jobId, int count) {
        List<Path> checkpoints = new ArrayList<>();
        for (Path folder : list(new Path(checkpoints(jobId)))) {
            for (Path checkpoint : list(folder)) {
                if (checkpoint.getName().startsWith(CHECKPOINT)) {
                    checkpoints.add(checkpoint);
                }
            }
        }
        // One may be in the making: Flink makes the folder when a checkpoint begins.
        if (checkpoints.size() <= count + 1) {
            return;
        }
        // Only complete ones count as kept.
        checkpoints.sort(Comparator.comparingLong(RestorePoints::nameNumber).reversed());
        checkpoints.stream().filter(RestorePoints::hasMetadata).skip(count).forEach(RestorePoints::delete);
    }

    /** Removes all of a job's checkpoints and savepoints. */
    public void delete(String jobId) {
        delete(new Path(checkpoints(jobId)));
        delete(new Path(savepoints(jobId)));
    }

    private List<Path> candidates(String jobId) {
        List<Path> found = new ArrayList<>();
        for (Path folder : list(new Path(checkpoints(jobId)))) {
            list(folder).stream()
                    .filter(path -> path.getName().startsWith(CHECKPOINT))
                    .filter(RestorePoints::hasMetadata)
                    .forEach(found::add);
        }
        list(new Path(savepoints(jobId))).stream()
                .filter(RestorePoints::hasMetadata)
                .forEach(found::add);
        // With the highest number first, few have to be read.
        found.sort(Comparator.comparingLong(RestorePoints::nameNumber).reversed());
        return found;
    }

    private static boolean hasMetadata(Path folder) {
        Path metadata = new Path(folder, METADATA);
        try {
            return metadata.getFileSystem().exists(metadata);
        } catch (IOException e) {
            throw unreachable(metadata, e);
        }
    }

    private static long number(Path folder) throws IOException {
        Path metadata = new Path(folder, METADATA);
        try (DataInputStream in = new DataInputStream(metadata.getFileSystem().open(metadata))) {
            return Checkpoints.loadCheckpointMetadata(in, RestorePoints.class.getClassLoader(), folder.toString())
                    .getCheckpointId();
        }
    }

    /** The number in a checkpoint's name; -1 for a savepoint, whose name has none. */
    private static long nameNumber(Path checkpoint) {
        String name = checkpoint.getName();
        try {
            return name.startsWith(CHECKPOINT) ? Long.parseLong(name.substring(CHECKPOINT.length())) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static List<Path> list(Path folder) {
        try {
            FileSystem files = folder.getFileSystem();
            FileStatus[] entries = files.exists(folder) ? files.listStatus(folder) : null;
            List<Path> paths = new ArrayList<>();
            if (entries != null) {
                for (FileStatus entry : entries) {
                    if (entry.isDir()) {
                        paths.add(entry.getPath());
                    }
                }
            }
            return paths;
        } catch (FileNotFoundException e) {
            // Gone between the two calls.
            return List.of();
        } catch (IOException e) {
            throw unreachable(folder, e);
        }
    }

    private static void delete(Path path) {
        try {
            path.getFileSystem().delete(path, true);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted", path, e);
        }
    }

    private static WarehouseException unreachable(Path path, IOException cause) {
        return new WarehouseException(
                StreamError.CHECKPOINTS_UNREACHABLE,
                "The checkpoints at " + path + " cannot be reached: " + cause.getMessage(),
                cause);
    }
}
