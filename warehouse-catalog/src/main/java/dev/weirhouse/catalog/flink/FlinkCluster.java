package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.deployment.ClusterClientJobClientAdapter;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.client.program.ClusterClientProvider;
import org.apache.flink.client.program.MiniClusterClient;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.connector.base.source.reader.SourceReaderOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.rest.messages.ClusterConfigurationInfoHeaders;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.util.TemporaryClassLoaderContext;
import org.apache.flink.util.function.FunctionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster that executes all jobs: a MiniCluster kept warm in this process, or a session cluster reached by REST. All
 * that uses it sees Flink's {@link ClusterClient} and knows no difference.
 *
 * <p>Thread-safe.
 */
public final class FlinkCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FlinkCluster.class);
    /** The execution target that Flink's environments must name. */
    static final String TARGET = "weirhouse";

    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration READER_CLOSE_TIMEOUT = Duration.ofMillis(300);
    private static final int REST_ATTEMPTS = 5;
    private static final Duration REST_PAUSE = Duration.ofMillis(500);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    private final Configuration configuration;
    private final Optional<MiniCluster> embedded;
    private final ClusterClientProvider<?> clients;
    private final String address;

    /**
     * Paimon's procedures make environments of their own, out of nothing; this makes them submit here too, instead of
     * starting a cluster for each call.
     */
    private void becomeDefault() {
        StreamContextEnvironment.setAsContext(
                executors(), configuration, FlinkCluster.class.getClassLoader(), false, true);
    }

    private FlinkCluster(
            Configuration configuration,
            Optional<MiniCluster> embedded,
            ClusterClientProvider<?> clients,
            String address) {
        this.configuration = configuration;
        this.embedded = embedded;
        this.clients = clients;
        this.address = address;
    }

    /**
     * Starts the cluster in this process, or finds the one that the configuration names.
     *
     * @throws WarehouseException CLUSTER_UNREACHABLE, or ADDRESS_NOT_GUARDED for a page that others can reach
     */
    public static FlinkCluster start(CatalogConfig config) {
        FlinkCluster cluster = config.clusterRest().isEmpty() ? embedded(config) : remote(config);
        cluster.becomeDefault();
        return cluster;
    }

    private static FlinkCluster embedded(CatalogConfig config) {
        config.clusterUiAddress().requireGuarded(CatalogError.ADDRESS_NOT_GUARDED);
        Configuration flink = new Configuration();
        flink.set(DeploymentOptions.TARGET, TARGET);
        flink.set(RestOptions.ADDRESS, config.clusterUiHost());
        flink.set(RestOptions.BIND_ADDRESS, config.clusterUiHost());
        flink.set(RestOptions.BIND_PORT, String.valueOf(config.clusterUiPort()));
        // These only leave out buttons and uploads; what keeps the page read-only is its guard.
        flink.set(WebOptions.SUBMIT_ENABLE, false);
        flink.set(WebOptions.CANCEL_ENABLE, false);
        PageGuardFactory.guard(flink, config);
        // Files and rows that jobs hand around do so over sockets, which would listen to every network.
        flink.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        flink.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        // Tasks look for large descriptions of theirs under the machine's name, where nobody listens now; in one
        // process nothing is won by sending them over a socket.
        flink.set(BlobServerOptions.OFFLOAD_MINSIZE, Integer.MAX_VALUE);
        flink.set(TaskManagerOptions.NUM_TASK_SLOTS, config.clusterSlots());
        flink.set(
                TaskManagerOptions.MANAGED_MEMORY_SIZE,
                new MemorySize(config.clusterManagedMemory().bytes()));
        MemorySize network = new MemorySize(config.clusterNetworkMemory().bytes());
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
        // Short queries gain nothing from a scheduler that decides parallelism from the size of finished stages.
        flink.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Default);
        flink.set(JobManagerOptions.JOB_STORE_MAX_CAPACITY, 200);
        // Of all jobs: what a job sets itself is not heard.
        flink.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, config.checkpointsRetained());
        // Paimon's readers look up for the end of their task every ten seconds only; a failed statement says so before.
        flink.set(SourceReaderOptions.SOURCE_READER_CLOSE_TIMEOUT, READER_CLOSE_TIMEOUT.toMillis());
        // A task fails alone: neither its running out of memory nor its asking for it ends the process for everybody.
        flink.set(TaskManagerOptions.KILL_ON_OUT_OF_MEMORY, false);
        flink.set(ClusterOptions.INTERCEPT_USER_SYSTEM_EXIT, ClusterOptions.UserSystemExitMode.THROW);
        flink.set(
                org.apache.flink.configuration.CoreOptions.TMP_DIRS,
                config.home().resolve("tmp").resolve("flink").toString());
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(config.clusterSlots())
                .build());
        // Flink looks for the page's guard with the thread's loader, and one that is not found would not be missed.
        try (TemporaryClassLoaderContext ignored =
                TemporaryClassLoaderContext.of(FlinkCluster.class.getClassLoader())) {
            java.nio.file.Files.createDirectories(config.home().resolve("tmp").resolve("flink"));
            cluster.start();
            URI rest = cluster.getRestAddress().get();
            LOG.info("cluster=embedded rest={} slots={}", rest, config.clusterSlots());
            ClusterClientProvider<MiniClusterClient.MiniClusterId> clients =
                    () -> new MiniClusterClient(flink, cluster);
            return new FlinkCluster(flink, Optional.of(cluster), clients, rest.toString());
        } catch (Exception e) {
            cluster.closeAsync().whenComplete((done, failure) -> LOG.debug("The cluster was closed again", failure));
            throw new WarehouseException(
                    CatalogError.CLUSTER_UNREACHABLE,
                    "The Flink cluster in this process does not start: " + e.getMessage()
                            + ". If the port " + config.clusterUiPort()
                            + " is taken, set cluster.ui.port to a free port, or to 0 to have one picked.",
                    e);
        }
    }

    private static FlinkCluster remote(CatalogConfig config) {
        URI uri = URI.create("http://" + config.clusterRest());
        Configuration flink = new Configuration();
        flink.set(DeploymentOptions.TARGET, TARGET);
        flink.set(RestOptions.ADDRESS, uri.getHost());
        flink.set(RestOptions.PORT, uri.getPort());
        flink.set(JobManagerOptions.ADDRESS, uri.getHost());
        // Whoever asks tries again; Flink's own patience of a minute would hold up the watch over all jobs.
        flink.set(RestOptions.RETRY_MAX_ATTEMPTS, REST_ATTEMPTS);
        flink.set(RestOptions.RETRY_DELAY, REST_PAUSE);
        ClusterClientProvider<StandaloneClusterId> clients = () -> {
            try {
                return new RestClusterClient<>(flink, StandaloneClusterId.getInstance());
            } catch (Exception e) {
                throw new WarehouseException(
                        CatalogError.CLUSTER_UNREACHABLE, "No client for " + uri + ": " + e.getMessage(), e);
            }
        };
        FlinkCluster cluster = new FlinkCluster(flink, Optional.empty(), clients, uri.toString());
        if (!cluster.answers()) {
            throw new WarehouseException(
                    CatalogError.CLUSTER_UNREACHABLE,
                    "The Flink cluster at " + uri + " does not answer. Check cluster.rest and that the cluster runs.");
        }
        return cluster;
    }

    /** Whether the cluster runs outside this process, so that its jobs outlive it. */
    public boolean isRemote() {
        return embedded.isEmpty();
    }

    /** The cluster's REST address, which is also Flink's web page. */
    public String address() {
        return address;
    }

    /** Whether the cluster answers within ten seconds. */
    public boolean answers() {
        try (ClusterClient<?> client = client()) {
            client.listJobs().get(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            LOG.debug("The cluster does not answer", e);
            return false;
        }
    }

    /** How many of a job's newest checkpoints the cluster keeps; one, which is Flink's default, when it does not say. */
    public int checkpointsRetained() {
        if (embedded.isPresent()) {
            return configuration.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS);
        }
        try (ClusterClient<?> client = client()) {
            Configuration told = new Configuration();
            ((RestClusterClient<?>) client)
                    .sendRequest(
                            ClusterConfigurationInfoHeaders.getInstance(),
                            EmptyMessageParameters.getInstance(),
                            EmptyRequestBody.getInstance())
                    .get(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .forEach(entry -> told.setString(entry.getKey(), entry.getValue()));
            return told.get(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("The cluster does not tell its configuration", e);
        }
        return CheckpointingOptions.MAX_RETAINED_CHECKPOINTS.defaultValue();
    }

    /** A client of the cluster; the caller closes it. */
    public ClusterClient<?> client() {
        return clients.getClusterClient();
    }

    /** A handle on a job that was submitted before. */
    public JobClient job(JobID jobId) {
        return new ClusterClientJobClientAdapter<>(clients, jobId, FlinkCluster.class.getClassLoader());
    }

    /** What a planner's configuration begins with. */
    public Configuration configuration() {
        return new Configuration(configuration);
    }

    /** Lets Flink's environments submit to this cluster, whatever target their configuration names. */
    PipelineExecutorServiceLoader executors() {
        PipelineExecutorFactory factory = new PipelineExecutorFactory() {
            @Override
            public String getName() {
                return TARGET;
            }

            @Override
            public boolean isCompatibleWith(Configuration candidate) {
                return true;
            }

            @Override
            public PipelineExecutor getExecutor(Configuration candidate) {
                return (pipeline, settings, loader) ->
                        submit(PipelineExecutorUtils.getJobGraph(pipeline, settings, loader), loader);
            }
        };
        return new PipelineExecutorServiceLoader() {
            @Override
            public PipelineExecutorFactory getExecutorFactory(Configuration candidate) {
                return factory;
            }

            @Override
            public Stream<String> getExecutorNames() {
                return Stream.of(factory.getName());
            }
        };
    }

    private CompletableFuture<JobClient> submit(JobGraph graph, ClassLoader loader) {
        ClusterClient<?> client = client();
        return client.submitJob(graph)
                .thenApplyAsync(FunctionUtils.uncheckedFunction(jobId -> {
                    ClientUtils.waitUntilJobInitializationFinished(
                            () -> client.getJobStatus(jobId).get(),
                            () -> client.requestJobResult(jobId).get(),
                            loader);
                    return (JobClient) new ClusterClientJobClientAdapter<>(clients, jobId, loader);
                }))
                .whenComplete((submitted, failure) -> client.close());
    }

    @Override
    public void close() {
        StreamContextEnvironment.unsetAsContext();
        embedded.ifPresent(cluster -> {
            try {
                cluster.closeAsync().get(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("The cluster did not stop in order", e);
            }
        });
    }
}
