package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the checkpoints of one submission of a streaming job lie.
 *
 * @param flinkJobId the submission, as Flink calls it
 * @param checkpoints the job's folder of checkpoints, with a folder for each submission, as a URI
 * @param savepoints the job's folder of savepoints, as a URI
 * @param kept for how long a checkpoint is there at least
 * @param restored the checkpoint that it began from, 0 for none; empty where that is not known, as of a savepoint
 */
public record StreamPlace(
        String flinkJobId, String checkpoints, String savepoints, Duration kept, OptionalLong restored) {

    private static final Pattern CHECKPOINT = Pattern.compile(".*/chk-(\\d{1,18})/?");

    public StreamPlace {
        requireNonNull(flinkJobId, "flinkJobId is null");
        requireNonNull(checkpoints, "checkpoints is null");
        requireNonNull(savepoints, "savepoints is null");
        requireNonNull(kept, "kept is null");
        requireNonNull(restored, "restored is null");
    }

    /** The number of a checkpoint in its path, 0 where there is none; empty of a savepoint, whose path tells no number. */
    public static OptionalLong number(Optional<String> restorePath) {
        if (restorePath.isEmpty()) {
            return OptionalLong.of(0);
        }
        Matcher path = CHECKPOINT.matcher(restorePath.get());
        return path.matches() ? OptionalLong.of(Long.parseLong(path.group(1))) : OptionalLong.empty();
    }
}
