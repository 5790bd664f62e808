package dev.weirhouse.stream.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.catalog.flink.FlinkCluster;
import dev.weirhouse.stream.StreamError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.messages.FlinkJobNotFoundException;
import org.apache.flink.util.ExceptionUtils;

/** What the cluster knows of jobs, and what it is told to do with them; every call is bounded in time. Thread-safe. */
public final class ClusterJobs {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final FlinkCluster cluster;

    public ClusterJobs(FlinkCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * A job's status; empty when the cluster does not know it.
     *
     * @throws WarehouseException CLUSTER_UNREACHABLE
     */
    public Optional<JobStatus> status(String flinkJobId) {
        try {
            return Optional.of(call(client -> client.getJobStatus(JobID.fromHexString(flinkJobId)), TIMEOUT));
        } catch (ExecutionException e) {
            if (unknown(e)) {
                return Optional.empty();
            }
            throw unreachable(e);
        } catch (TimeoutException e) {
            throw unreachable(e);
        }
    }

    /** Why a job that has ended did so; empty when it ended well. */
    public Optional<WarehouseException> failure(String flinkJobId) {
        try {
            return call(client -> client.requestJobResult(JobID.fromHexString(flinkJobId)), TIMEOUT)
                    .getSerializedThrowable()
                    .map(error -> Failures.running(error.deserializeError(ClusterJobs.class.getClassLoader())));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of(new WarehouseException(
                    StreamError.JOB_FAILED, "The job failed, and the cluster no longer knows why.", e));
        }
    }

    /**
     * Stops a job with a savepoint.
     *
     * @return where the savepoint lies
     * @throws WarehouseException SAVEPOINT_FAILED; the job may still run
     */
    public String stop(String flinkJobId, String folder, Duration timeout) {
        try {
            return call(
                    client -> client.stopWithSavepoint(
                            JobID.fromHexString(flinkJobId), false, folder, SavepointFormatType.CANONICAL),
                    timeout);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = ExceptionUtils.stripExecutionException(e);
            throw new WarehouseException(
                    StreamError.SAVEPOINT_FAILED,
                    "The job could not be stopped with a savepoint: "
                            + Failures.running(cause).detail(),
                    e);
        }
    }

    /** Ends a job without a savepoint and waits until it has ended; a job that is unknown or over is left alone. */
    public void cancel(String flinkJobId) {
        try {
            call(client -> client.cancel(JobID.fromHexString(flinkJobId)), TIMEOUT);
            call(client -> client.requestJobResult(JobID.fromHexString(flinkJobId)), TIMEOUT);
        } catch (ExecutionException e) {
            if (!unknown(e)
                    && status(flinkJobId)
                            .map(found -> !found.isGloballyTerminalState())
                            .orElse(false)) {
                throw unreachable(e);
            }
        } catch (TimeoutException e) {
            throw unreachable(e);
        }
    }

    private <T> T call(Function<ClusterClient<?>, CompletableFuture<T>> request, Duration timeout)
            throws ExecutionException, TimeoutException {
        try (ClusterClient<?> client = cluster.client()) {
            return request.apply(client).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.CANCELLED, "The call was interrupted.", e);
        } catch (Exception e) {
            throw unreachable(e);
        }
    }

    private static boolean unknown(Throwable thrown) {
        return ExceptionUtils.findThrowable(thrown, FlinkJobNotFoundException.class)
                        .isPresent()
                || String.valueOf(thrown.getMessage()).contains("Could not find Flink job");
    }

    private static WarehouseException unreachable(Exception cause) {
        return cause instanceof WarehouseException known
                ? known
                : new WarehouseException(
                        CatalogError.CLUSTER_UNREACHABLE,
                        "The Flink cluster does not answer: " + cause.getMessage(),
                        cause);
    }
}
