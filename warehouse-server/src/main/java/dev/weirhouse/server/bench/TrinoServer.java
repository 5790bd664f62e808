package dev.weirhouse.server.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.cli.ApiFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Trino in a process of its own, over files of Parquet. It has no connector for Paimon; so the files of each table are linked
 * into a folder, which a table of its Hive connector is laid over.
 *
 * <p>It is made from the server's archive, {@code io.trino:trino-server:tar.gz} of Maven Central, which is unpacked once.
 */
final class TrinoServer implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration END = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 250;
    private static final String CATALOG = "bench";
    private static final int LEAST_JAVA = 24;
    private static final Path JAVAS = Path.of("/usr/lib/jvm");

    private final Process process;
    private final int port;
    private final Path links;

    private TrinoServer(Process process, int port, Path links) {
        this.process = process;
        this.port = port;
        this.links = links;
    }

    /**
     * Starts the server, without tables.
     *
     * @param archive the server's, packed
     * @param folder its own: for what is unpacked, its configuration, and links to files of the same file system
     * @param gigabytes what a query may take
     */
    static TrinoServer start(Path archive, Path folder, long gigabytes) throws Exception {
        Path server = unpacked(archive, folder);
        Path links = folder.resolve("files");
        BenchHome.delete(links);
        Files.createDirectories(links);
        int port = freePort();
        Path etc = configure(folder, server, links, port, gigabytes);
        ProcessBuilder builder = new ProcessBuilder(
                        server.resolve("bin").resolve("launcher").toString(), "run", "--etc-dir", etc.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("trino.out").toFile());
        Path java = java();
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().merge("PATH", java.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        TrinoServer trino = new TrinoServer(builder.start(), port, links);
        try {
            trino.awaitStarted(folder.resolve("trino.out"));
            return trino;
        } catch (Exception e) {
            trino.close();
            throw e;
        }
    }

    /** The newest Java that Trino runs on. */
    private static Path java() throws IOException {
        try (Stream<Path> homes = Files.exists(JAVAS) ? Files.list(JAVAS) : Stream.empty()) {
            return homes.filter(home -> version(home) >= LEAST_JAVA)
                    .max(Comparator.comparingInt(TrinoServer::version))
                    .orElseThrow(() -> new WarehouseException(
                            ServerError.ARGUMENT_INVALID,
                            "Trino needs Java " + LEAST_JAVA + " or later, and there is none in " + JAVAS + "."));
        }
    }

    /** The feature version of a Java; 0 where there is none. */
    private static int version(Path home) {
        try {
            return Files.readAllLines(home.resolve("release")).stream()
                    .filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("[^0-9.]", "").split("\\.")[0])
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static Path unpacked(Path archive, Path folder) throws IOException, InterruptedException {
        String name = archive.getFileName().toString().replaceFirst("\\.tar\\.gz$", "");
        Path server = folder.resolve(name);
        if (Files.exists(server)) {
            return server;
        }
        if (!Files.isRegularFile(archive)) {
            throw new WarehouseException(ServerError.ARGUMENT_INVALID, "There is no file " + archive + ".");
        }
        // What was unpacked in part is not taken for the whole.
        Path part = folder.resolve("unpacking");
        BenchHome.delete(part);
        Files.createDirectories(part);
        int status = new ProcessBuilder("tar", "xzf", archive.toAbsolutePath().toString(), "-C", part.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("tar.out").toFile())
                .start()
                .waitFor();
        if (status != 0 || !Files.exists(part.resolve(name).resolve("bin"))) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID,
                    "The file " + archive + " is not the archive of a Trino server: " + folder.resolve("tar.out")
                            + " tells more.");
        }
        Files.move(part.resolve(name), server);
        BenchHome.delete(part);
        return server;
    }

    private static Path configure(Path folder, Path server, Path links, int port, long gigabytes) throws IOException {
        Path etc = folder.resolve("etc");
        // One connector; the server would load all of them.
        Path plugins = folder.resolve("plugins");
        BenchHome.delete(etc);
        BenchHome.delete(plugins);
        Files.createDirectories(etc.resolve("catalog"));
        Files.createDirectories(plugins);
        Files.createSymbolicLink(
                plugins.resolve("hive"), server.resolve("plugin").resolve("hive"));
        write(etc.resolve("node.properties"), "node.environment=bench", "node.data-dir=" + folder.resolve("data"));
        write(etc.resolve("log.properties"), "io.trino=WARN");
        write(
                etc.resolve("jvm.config"),
                // Trino keeps three tenths of its heap for what it does not count.
                "-Xmx" + gigabytes * 1536 + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djdk.attach.allowAttachSelf=true",
                "--add-modules=jdk.incubator.vector");
        write(
                etc.resolve("config.properties"),
                "coordinator=true",
                "node-scheduler.include-coordinator=true",
                "http-server.http.port=" + port,
                "discovery.uri=http://127.0.0.1:" + port,
                "plugin.dir=" + plugins,
                "query.max-memory-per-node=" + gigabytes + "GB",
                "query.max-memory=" + gigabytes + "GB");
        write(
                etc.resolve("catalog").resolve(CATALOG + ".properties"),
                "connector.name=hive",
                "hive.metastore=file",
                "hive.metastore.catalog.dir=local:///metastore",
                "fs.native-local.enabled=true",
                "local.location=" + links);
        return etc;
    }

    private static void write(Path file, String... lines) throws IOException {
        Files.write(file, List.of(lines), UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStarted(Path output) throws InterruptedException {
        ApiClient api = new ApiClient("http://127.0.0.1:" + port, System.getProperty("user.name"), "bench");
        long end = System.nanoTime() + START.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try {
                JsonNode info = api.get("/v1/info");
                if (!info.path("starting").asBoolean(true)) {
                    return;
                }
            } catch (ApiFailure | WarehouseException notYet) {
                // It is asked again.
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new WarehouseException(
                ServerError.SERVER_UNREACHABLE, "Trino did not start; its output is in " + output + ".");
    }

    /** Lays tables over files, in a schema of that name, and lets Trino count their values. */
    Engine open(String schema, List<FileTable> tables) throws SQLException, IOException {
        Connection connection = DriverManager.getConnection(
                "jdbc:trino://127.0.0.1:" + port + "/" + CATALOG + "/" + schema, System.getProperty("user.name"), null);
        Engine engine = new JdbcEngine(connection);
        try {
            run(connection, "CREATE SCHEMA " + schema);
            for (FileTable table : tables) {
                Path folder = Files.createDirectories(links.resolve(schema).resolve(table.name()));
                for (Path file : table.files()) {
                    Files.createLink(folder.resolve(file.getFileName()), file);
                }
                String columns =
                        table.table().columns().replace(" STRING", " VARCHAR").replace(" INT", " INTEGER");
                run(
                        connection,
                        "CREATE TABLE " + table.name() + " (" + columns
                                + ") WITH (format = 'PARQUET', external_location = 'local:///" + schema + "/"
                                + table.name() + "')");
                run(connection, "ANALYZE " + table.name());
            }
            return engine;
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
