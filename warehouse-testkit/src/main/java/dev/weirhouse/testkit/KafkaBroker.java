package dev.weirhouse.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A Kafka cluster of one node, broker and controller, in a JVM of its own: the broker and Flink's planner need different
 * Scala libraries. It listens on loopback and lives no longer than the process that started it.
 *
 * <p>Its jars lie where the build of this module puts them; the system property {@code weir.kafka} names the folder.
 *
 * <p>Thread-safe.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final Duration START_DEADLINE = Duration.ofMinutes(2);
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(30);
    private static final Duration DEATH_DEADLINE = Duration.ofSeconds(30);
    private static final int SHOWN_LOG_LINES = 60;

    private final Path log;
    private final Process process;
    private final String bootstrapServers;
    private final Admin admin;

    private KafkaBroker(Path log, Process process, String bootstrapServers) {
        this.log = log;
        this.process = process;
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /**
     * Starts a broker and waits until it answers.
     *
     * @param folder for its data and its log; the topics that an earlier broker left there are found again
     */
    public static KafkaBroker start(Path folder) {
        try {
            Files.createDirectories(folder);
            int port = ServerCommand.freePort();
            Path properties = folder.resolve("server.properties");
            Files.writeString(properties, configuration(folder.resolve("data"), port, ServerCommand.freePort()));
            Path log = folder.resolve("broker.log");
            Process process = new ProcessBuilder(command(properties))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            KafkaBroker broker = new KafkaBroker(log, process, "127.0.0.1:" + port);
            try {
                broker.awaitReady();
                return broker;
            } catch (RuntimeException | Error e) {
                broker.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a Kafka broker in " + folder, e);
        }
    }

    private static String configuration(Path data, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                controller.listener.names=CONTROLLER
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                group.initial.rebalance.delay.ms=0
                log.cleaner.dedupe.buffer.size=4194304
                num.network.threads=2
                num.io.threads=2
                """
                .formatted(port, controllerPort, data);
    }

    private static List<String> command(Path properties) {
        Path jars = Path.of(System.getProperty("weir.kafka", "target/kafka-broker"));
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException(
                    "The broker's jars are not in " + jars.toAbsolutePath() + ": build warehouse-testkit first");
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                "-cp",
                ownClasses() + ":" + jars + "/*",
                KafkaBrokerMain.class.getName(),
                properties.toString());
    }

    private static Path ownClasses() {
        try {
            return Path.of(KafkaBrokerMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The test kit lies at no path", e);
        }
    }

    private void awaitReady() {
        try {
            Eventually.within(START_DEADLINE).answers("the broker answers", this::isReadyOrDead, settled -> settled);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + endOfLog(), e);
        }
        if (!process.isAlive()) {
            throw new AssertionError("The broker ended with status " + process.exitValue() + endOfLog());
        }
    }

    /** The brokers that a cluster tells of are those that take records. */
    private boolean isReadyOrDead() throws Exception {
        return !process.isAlive()
                || !admin.describeCluster()
                        .nodes()
                        .get(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                        .isEmpty();
    }

    /** The address for {@code bootstrap.servers}: one host and port. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Makes a topic; clients' records do not make it by themselves. */
    public void createTopic(String name, int partitions) {
        try {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making the topic " + name, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The topic " + name + " was not made" + endOfLog(), e);
        }
    }

    private String endOfLog() {
        try {
            List<String> lines =
                    Files.readString(log, StandardCharsets.UTF_8).lines().toList();
            List<String> end = lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size());
            return "\nThe end of " + log + ":\n" + String.join("\n", end).indent(4);
        } catch (IOException e) {
            return "; " + log + " cannot be read: " + e;
        }
    }

    /** The broker's process. */
    public long pid() {
        return process.pid();
    }

    /** Ends the broker at once, with SIGKILL. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
        process.destroyForcibly();
        try {
            if (!process.waitFor(DEATH_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("The broker, process " + process.pid() + ", does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
