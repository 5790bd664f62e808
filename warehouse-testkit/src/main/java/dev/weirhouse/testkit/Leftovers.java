package dev.weirhouse.testkit;

import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.state.SessionRow;
import dev.weirhouse.testkit.fault.FailingFileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.runtime.client.JobStatusMessage;

/** What is there before a test class and must be all that is there after it. */
final class Leftovers {

    private static final int MOST_SESSIONS = 1_000;
    private static final Duration CLUSTER_TIMEOUT = Duration.ofSeconds(10);

    private final List<Watched> watched;

    private Leftovers(List<Watched> watched) {
        this.watched = watched;
    }

    /** A kind of thing that must not be left, with those that were there before. */
    private record Watched(String kind, Set<Object> before, Supplier<Stream<?>> now) {

        static Watched of(String kind, Supplier<Stream<?>> now) {
            return new Watched(kind, now.get().collect(Collectors.toSet()), now);
        }

        List<?> left() {
            return now.get().filter(each -> !before.contains(each)).toList();
        }
    }

    static Leftovers before(Warehouse warehouse, List<String> threadPrefixes) {
        return new Leftovers(List.of(
                Watched.of("threads", () -> threads(threadPrefixes)),
                Watched.of("sessions", () -> sessions(warehouse)),
                Watched.of("jobs", () -> jobs(warehouse)),
                Watched.of("streams", () -> FailingFileSystem.allOpenStreams().stream())));
    }

    /**
     * Waits for what is ending.
     *
     * @throws AssertionError when something is still there at the deadline, with all of it
     */
    void check(Duration deadline) {
        List<String> left = new ArrayList<>();
        try {
            Eventually.within(deadline).holds("nothing is left", () -> {
                left.clear();
                watched.forEach(each -> each.left().forEach(thing -> left.add(each.kind() + ": " + thing)));
                if (!left.isEmpty()) {
                    throw new AssertionError(left.toString());
                }
            });
        } catch (AssertionError e) {
            AssertionError failure =
                    new AssertionError("The test class left behind:\n  " + String.join("\n  ", left), e);
            // Who opened a stream is in its stack.
            FailingFileSystem.allOpenStreams().forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private static Stream<Thread> threads(List<String> prefixes) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> prefixes.stream().anyMatch(thread.getName()::startsWith));
    }

    private static Stream<String> sessions(Warehouse warehouse) {
        return warehouse.state().sessions().newest(MOST_SESSIONS).stream()
                .filter(session -> session.closedAt().isEmpty())
                .map(SessionRow::id);
    }

    private static Stream<JobID> jobs(Warehouse warehouse) {
        try (ClusterClient<?> client = warehouse.cluster().client()) {
            return client.listJobs().get(CLUSTER_TIMEOUT.toSeconds(), TimeUnit.SECONDS).stream()
                    .filter(job -> !job.getJobState().isGloballyTerminalState())
                    .map(JobStatusMessage::getJobId)
                    .toList()
                    .stream();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while listing jobs", e);
        } catch (Exception e) {
            throw new IllegalStateException("The cluster does not list its jobs", e);
        }
    }
}
