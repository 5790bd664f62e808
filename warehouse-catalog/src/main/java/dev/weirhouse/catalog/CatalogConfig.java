package dev.weirhouse.catalog;

import dev.weirhouse.catalog.config.ByteSize;
import dev.weirhouse.catalog.config.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configuration of the ground floor. */
public record CatalogConfig(
        @Setting(
                        key = "home",
                        value = "./weirhouse-data",
                        description = "The folder that holds all that the warehouse keeps (also WEIR_HOME).")
                Path home,
        @Setting(
                        key = "warehouse.path",
                        description =
                                "Where tables lie: a folder or a URI that Paimon reads. Empty: warehouse below home.")
                String warehousePath,
        @Setting(
                        key = "metastore.uri",
                        description =
                                "An external Hive Metastore, thrift://host:port. Empty: one runs in this process.")
                String metastoreUri,
        @Setting(
                        key = "metastore.host",
                        value = "127.0.0.1",
                        description = "The address that the metastore in this process listens on.")
                String metastoreHost,
        @Setting(
                        key = "metastore.port",
                        value = "9083",
                        min = 0,
                        max = 65535,
                        description = "The port of the metastore in this process; 0 picks a free one.")
                int metastorePort,
        @Setting(
                        key = "metastore.trusted-network",
                        value = "false",
                        description =
                                "Allow an address other than loopback although the metastore authenticates nobody: whoever reaches the port can change and drop every table.")
                boolean metastoreTrustedNetwork,
        @Setting(key = "state.path", description = "The SQLite file of the state store. Empty: state.db below home.")
                String statePath,
        @Setting(
                        key = "cluster.rest",
                        description =
                                "A Flink session cluster's REST address, host:port. Empty: one runs in this process.")
                String clusterRest,
        @Setting(
                        key = "stream.checkpoints-retained",
                        value = "50",
                        min = 1,
                        max = 1000,
                        description =
                                "How many of a streaming job's newest checkpoints are kept, by the cluster in this process. They tell lineage what a job had read.")
                int checkpointsRetained,
        @Setting(
                        key = "cluster.ui.host",
                        value = "127.0.0.1",
                        description = "The address of Flink's own web page, for the cluster in this process.")
                String clusterUiHost,
        @Setting(
                        key = "cluster.ui.port",
                        value = "8081",
                        min = 0,
                        max = 65535,
                        description = "The port of Flink's own web page, for the cluster in this process; 0 picks one.")
                int clusterUiPort,
        @Setting(
                        key = "cluster.ui.trusted-network",
                        value = "false",
                        description =
                                "Allow an address other than loopback although Flink's page authenticates nobody: whoever reaches the port can read what every job does.")
                boolean clusterUiTrustedNetwork,
        @Setting(
                        key = "cluster.ui.hosts",
                        description =
                                "Names, besides localhost and the machine's own, that browsers may call Flink's page by.")
                List<String> clusterUiHosts,
        @Setting(
                        key = "cluster.slots",
                        value = "32",
                        min = 1,
                        max = 1024,
                        description =
                                "Task slots of the cluster in this process; a streaming job holds one for each parallel task.")
                int clusterSlots,
        @Setting(
                        key = "cluster.network-memory",
                        value = "128mb",
                        min = 33554432,
                        description = "Memory for data between tasks, for the cluster in this process.")
                ByteSize clusterNetworkMemory,
        @Setting(
                        key = "cluster.managed-memory",
                        value = "256mb",
                        min = 33554432,
                        description = "Memory for sorts, joins and state, for the cluster in this process.")
                ByteSize clusterManagedMemory,
        @Setting(
                        key = "cluster.parallelism",
                        value = "1",
                        min = 1,
                        max = 1024,
                        description = "How many parallel tasks a statement uses unless it says otherwise.")
                int clusterParallelism,
        @Setting(key = "session.max", value = "1000", min = 1, description = "How many sessions may be open at once.")
                int maxSessions,
        @Setting(
                        key = "statement.max-length",
                        value = "1mb",
                        min = 1024,
                        description = "The longest statement that is read.")
                ByteSize maxStatementLength,
        @Setting(
                        key = "sql.settings",
                        value =
                                "table.*, parallelism.default, pipeline.max-parallelism, pipeline.object-reuse, execution.runtime-mode, execution.batch-shuffle-mode, execution.checkpointing.interval, execution.checkpointing.min-pause, execution.checkpointing.timeout, restart-strategy.*, sql-client.*, stream.*, batch.*, olap.*, read.*, hive.*, mapred.*, mapreduce.*",
                        description = "The settings that SET may change; a * at the end stands for any rest.")
                List<String> allowedSettings,
        @Setting(
                        key = "sql.connectors",
                        value = "paimon, filesystem, datagen, print, blackhole",
                        description = "The connectors that a CREATE TABLE may name.")
                List<String> allowedConnectors,
        @Setting(
                        key = "sql.paths",
                        description =
                                "Folders and URIs whose files SQL may reach by path, but for what the warehouse keeps there itself. Empty: inbox below home.")
                List<String> allowedPaths,
        @Setting(
                        key = "sql.functions",
                        description =
                                "Classes that CREATE FUNCTION may name, besides those of Hive's built-in functions; a * at the end stands for any rest.")
                List<String> allowedFunctions,
        @Setting(
                        key = "secrets",
                        secret = true,
                        description =
                                "Secrets by name: the text itself, or file:PATH. SQL names one as ${secret:NAME} and never sees it.")
                Map<String, String> secrets,
        @Setting(
                        key = "runs.retention",
                        value = "30d",
                        min = 3600000,
                        description = "How long finished runs and closed sessions stay in the state store.")
                Duration runRetention,
        @Setting(
                        key = "runs.look-interval",
                        value = "30s",
                        min = 1000,
                        max = 86400000,
                        description =
                                "How often commits of streaming jobs are looked for, to record them with what the jobs had read by then. Up to 2m, jobs whose checkpoints go sooner than 2m are looked at in between; whose checkpoints are gone before a look, of them it is not known.")
                Duration lookInterval) {

    public CatalogConfig {
        clusterUiHosts = List.copyOf(clusterUiHosts);
        allowedSettings = List.copyOf(allowedSettings);
        allowedConnectors = List.copyOf(allowedConnectors);
        allowedPaths = List.copyOf(allowedPaths);
        allowedFunctions = List.copyOf(allowedFunctions);
        secrets = Map.copyOf(secrets);
        home = home.toAbsolutePath().normalize();
    }

    /** Where tables lie, as a URI or a path that Hadoop and Paimon both read. */
    public String warehouse() {
        return warehousePath.isEmpty() ? home.resolve("warehouse").toUri().toString() : warehousePath;
    }

    /** The folder that tables lie in; empty when that is no local one. */
    public Optional<Path> localWarehouse() {
        URI uri = warehouse().contains(":")
                ? URI.create(warehouse())
                : Path.of(warehouse()).toUri();
        return "file".equals(uri.getScheme()) ? Optional.of(Path.of(uri.getPath())) : Optional.empty();
    }

    /** Where the metastore in this process listens. */
    public ListenAddress metastoreAddress() {
        return new ListenAddress("metastore", metastoreHost, metastoreTrustedNetwork);
    }

    /** Where Flink's page listens, for the cluster in this process. */
    public ListenAddress clusterUiAddress() {
        return new ListenAddress("cluster.ui", clusterUiHost, clusterUiTrustedNetwork);
    }

    /** The state store's file. */
    public Path stateFile() {
        return statePath.isEmpty() ? home.resolve("state.db") : Path.of(statePath);
    }

    /** The folder that files for ingest are put into when no other path is allowed. */
    public Path inbox() {
        return home.resolve("inbox");
    }
}
