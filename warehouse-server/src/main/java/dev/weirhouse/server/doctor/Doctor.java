package dev.weirhouse.server.doctor;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.HomeLock;
import dev.weirhouse.catalog.config.Configuration;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.server.place.ListenPort;
import dev.weirhouse.server.place.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The looks that {@code weir doctor} takes, each independent of the others. */
final class Doctor {

    private static final int LEAST_JAVA = 17;
    private static final long LEAST_FREE_DISK = 2L << 30;
    private static final long GOOD_FREE_DISK = 10L << 30;
    private static final long LEAST_MEMORY = 2L << 30;
    private static final long GOOD_MEMORY = 4L << 30;
    private static final int CONNECT_MILLIS = 3000;

    /** How much of a folder is looked through for links. */
    private static final long MOST_ENTRIES = 100_000;

    private final Configuration configuration;
    private final CatalogConfig catalog;
    private final Optional<String> holder;

    Doctor(Configuration configuration) {
        this.configuration = configuration;
        this.catalog = configuration.get(CatalogConfig.class);
        this.holder = HomeLock.holder(catalog.home());
    }

    List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java(Runtime.version().feature(), System.getProperty("java.home")));
        findings.add(memory(MachineMemory.available()));
        findings.add(home());
        findings.add(disk());
        findings.add(process());
        findings.add(stateStore());
        findings.add(links());
        if (holder.isEmpty()) {
            ListenPort.all(configuration).forEach(port -> findings.add(port(port)));
        }
        if (!catalog.metastoreUri().isEmpty()) {
            findings.add(reachable("metastore", catalog.metastoreUri(), "metastore.uri"));
        }
        if (!catalog.clusterRest().isEmpty()) {
            findings.add(reachable("Flink cluster", "http://" + catalog.clusterRest(), "cluster.rest"));
        }
        return findings;
    }

    static Finding java(int feature, String javaHome) {
        String seen = "Java " + feature + " in " + javaHome;
        if (feature < LEAST_JAVA) {
            return Finding.wrong("Java", seen, "Install a JDK " + LEAST_JAVA + " and point JAVA_HOME at it.");
        } else if (feature > LEAST_JAVA) {
            return Finding.warning(
                    "Java", seen, "Weirhouse is tested on Java 17; when something fails, try that first.");
        }
        return Finding.good("Java", seen);
    }

    static Finding memory(long bytes) {
        String seen = inGigabytes(bytes) + " free";
        if (bytes < LEAST_MEMORY) {
            return Finding.wrong(
                    "memory", seen, "A warehouse needs 2 GB: end something else, or give this machine more.");
        } else if (bytes < GOOD_MEMORY) {
            return Finding.warning(
                    "memory", seen, "Enough for small tables; 4 GB let several jobs run beside queries.");
        }
        return Finding.good("memory", seen);
    }

    private Finding home() {
        Path home = catalog.home();
        Path existing = nearestExisting(home);
        try {
            Files.delete(Files.createTempFile(existing, ".weir-doctor", ""));
            return Finding.good("home folder", home + (existing.equals(home) ? " is writable" : " can be made"));
        } catch (IOException | SecurityException e) {
            return Finding.wrong(
                    "home folder",
                    existing + " is not writable for " + System.getProperty("user.name"),
                    "Set WEIR_HOME to a folder of yours, or make this one writable.");
        }
    }

    private Finding disk() {
        Path existing = nearestExisting(catalog.home());
        try {
            return disk(existing, Files.getFileStore(existing).getUsableSpace());
        } catch (IOException e) {
            return Finding.wrong("disk", existing + ": " + e.getMessage(), "Check the file system of the home folder.");
        }
    }

    static Finding disk(Path folder, long free) {
        String seen = inGigabytes(free) + " free at " + folder;
        if (free < LEAST_FREE_DISK) {
            return Finding.wrong("disk", seen, "Make room, or set WEIR_HOME to a folder on a larger disk.");
        } else if (free < GOOD_FREE_DISK) {
            return Finding.warning("disk", seen, "Checkpoints and tables grow; have 10 GB.");
        }
        return Finding.good("disk", seen);
    }

    private Finding process() {
        Optional<String> url = ServerAddress.find(catalog.home()).map(ServerAddress::http);
        return holder.map(pid -> Finding.good(
                        "process",
                        "process " + pid + " holds the home"
                                + url.map(at -> " and answers at " + at).orElse("")))
                .orElseGet(() -> Finding.good("process", "no warehouse runs on this home"));
    }

    private Finding stateStore() {
        Path file = catalog.stateFile();
        if (!Files.exists(file)) {
            return Finding.good("state store", file + " is made at the first start");
        }
        List<String> problems = StateStore.check(file);
        if (problems.isEmpty()) {
            return Finding.good("state store", file + " is sound");
        }
        return Finding.wrong(
                "state store",
                file + ": " + String.join("; ", problems),
                "Stop the warehouse and put back a copy of the file, or move it away to begin with an empty store;"
                        + " tables stay, jobs must be applied again.");
    }

    /** Whatever reads a folder that SQL may reach follows the links in it. */
    private Finding links() {
        List<String> roots =
                catalog.allowedPaths().isEmpty() ? List.of(catalog.inbox().toString()) : catalog.allowedPaths();
        List<Path> folders = roots.stream()
                .filter(root -> !root.contains("://") || root.startsWith("file:"))
                .map(root -> Path.of(root.replaceFirst("^file:(//)?(?=/)", "")))
                .filter(Files::isDirectory)
                .toList();
        for (Path folder : folders) {
            Optional<Path> out = linkOut(folder);
            if (out.isPresent()) {
                return Finding.warning(
                        "links",
                        out.get() + " leads out of " + folder + ", and SQL reads what it leads to",
                        "Remove the link, or put the files themselves there.");
            }
        }
        return Finding.good("links", "none leads out of the folders that SQL may reach");
    }

    private static Optional<Path> linkOut(Path folder) {
        try (Stream<Path> entries = Files.walk(folder)) {
            Path real = folder.toRealPath();
            return entries.limit(MOST_ENTRIES)
                    .filter(Files::isSymbolicLink)
                    .filter(link -> leadsOut(link, real))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            // What cannot be looked at here cannot be read by SQL either.
            return Optional.empty();
        }
    }

    private static boolean leadsOut(Path link, Path folder) {
        try {
            return !link.toRealPath().startsWith(folder);
        } catch (IOException e) {
            return false;
        }
    }

    static Finding port(ListenPort port) {
        String subject = "port " + (port.port() == 0 ? "for " + port.setting() : Integer.toString(port.port()));
        if (port.isTaken()) {
            return Finding.wrong(
                    subject,
                    "taken by another process on " + port.host(),
                    "Stop what listens there, or set " + port.setting() + " to another port; 0 picks a free one.");
        }
        return Finding.good(subject, port.port() == 0 ? "a free one is picked" : "free on " + port.host());
    }

    static Finding reachable(String subject, String address, String setting) {
        String advice = "Check that it runs and that " + setting + " is right.";
        try (Socket socket = new Socket()) {
            URI uri = URI.create(address);
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), CONNECT_MILLIS);
            return Finding.good(subject, address + " answers");
        } catch (IOException | IllegalArgumentException e) {
            return Finding.wrong(subject, address + " does not answer: " + e.getMessage(), advice);
        }
    }

    private static Path nearestExisting(Path folder) {
        Path existing = folder;
        while (!Files.isDirectory(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static String inGigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
    }
}
