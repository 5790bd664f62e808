package dev.weirhouse.server.bench;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How large a bench is.
 *
 * @param scale of its data, 1 for 6 million rows; empty for the bench's own
 * @param duration of one round of clients
 * @param clients how many ask at once; empty for the bench's own number
 * @param runs how often each figure is measured
 * @param flinkRuns how often Flink is, which is slow; 0 leaves it out
 * @param trino the archive of a Trino server, to be measured where the bench has a place for it
 * @param only the parts to run; empty for all
 */
record BenchOptions(
        OptionalDouble scale,
        Duration duration,
        OptionalInt clients,
        int runs,
        int flinkRuns,
        Optional<Path> trino,
        List<String> only) {

    BenchOptions {
        requireNonNull(duration, "duration is null");
        requireNonNull(trino, "trino is null");
        only = List.copyOf(only);
        if (scale.isPresent() && !(scale.getAsDouble() > 0) || duration.isZero() || duration.isNegative()) {
            throw new WarehouseException(ServerError.ARGUMENT_INVALID, "--scale and --seconds take numbers above 0.");
        }
        if (clients.isPresent() && clients.getAsInt() < 1 || runs < 1 || flinkRuns < 0) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID, "--clients and --runs take at least 1, --flink-runs at least 0.");
        }
    }

    /** How many clients ask at once. */
    int clients(int byDefault) {
        return clients.orElse(byDefault);
    }

    /** Whether a part is to run, given the parts of its kind: naming none of them means all. */
    boolean wants(String part, Set<String> kind) {
        return only.contains(part) || only.stream().noneMatch(kind::contains);
    }

    /** Refuses names that are no parts of the bench. */
    void requireParts(Set<String> parts) {
        only.stream().filter(name -> !parts.contains(name)).findFirst().ifPresent(name -> {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID,
                    "--only takes " + String.join(", ", parts) + ", and not '" + name + "'.");
        });
    }
}
