package dev.weirhouse.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.server.config.ServerSettings;
import dev.weirhouse.server.doctor.Finding.State;
import dev.weirhouse.server.place.ListenPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {

    private static final long GIGABYTE = 1L << 30;

    @TempDir
    private Path home;

    private List<Finding> examine(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "home", home.toString(),
                "http.port", "0",
                "flight.port", "0",
                "metastore.port", "0",
                "cluster.ui.port", "0"));
        all.putAll(settings);
        return new Doctor(ServerSettings.load(Optional.empty(), all, Map.of())).examine();
    }

    private static Finding about(String subject, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFreshHomeIsGood() {
        assertThat(examine(Map.of()))
                .filteredOn(finding -> !finding.subject().equals("memory"))
                .filteredOn(finding -> !finding.subject().equals("disk"))
                .allSatisfy(finding -> assertThat(finding.state()).isNotEqualTo(State.WRONG));
    }

    @Test
    void aDamagedStateStoreIsFound() throws IOException {
        Files.writeString(
                home.resolve("state.db"), "this is no database, but long enough to look like one".repeat(100));
        Finding finding = about("state store", examine(Map.of()));
        assertThat(finding.state()).isEqualTo(State.WRONG);
        assertThat(finding.detail()).contains("state.db");
        assertThat(finding.advice()).contains("put back a copy");
    }

    @Test
    void aLinkThatLeadsOutOfTheInboxIsFound() throws IOException {
        Path inbox = Files.createDirectories(home.resolve("inbox/deep"));
        Files.writeString(inbox.resolve("a.txt"), "x");
        Files.createSymbolicLink(inbox.resolve("within"), inbox.resolve("a.txt"));
        assertThat(about("links", examine(Map.of())).state()).isEqualTo(State.GOOD);
        Files.createSymbolicLink(inbox.resolve("out"), Path.of("/etc/hostname"));
        Finding finding = about("links", examine(Map.of()));
        assertThat(finding.state()).isEqualTo(State.WARNING);
        assertThat(finding.detail()).contains("out leads out of");
    }

    @Test
    void aHomeThatIsAFileIsFound() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "x");
        Finding finding = about(
                "home folder", examine(Map.of("home", file.resolve("below").toString())));
        assertThat(finding.detail()).doesNotContain("below is writable");
    }

    @Test
    void aTakenPortIsFoundWithItsSetting() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Finding finding = Doctor.port(new ListenPort("127.0.0.1", taken.getLocalPort(), "http.port"));
            assertThat(finding.state()).isEqualTo(State.WRONG);
            assertThat(finding.advice()).contains("http.port");
        }
    }

    @Test
    void anExternalMetastoreIsTried() throws IOException {
        int port;
        try (ServerSocket metastore = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = metastore.getLocalPort();
            assertThat(about("metastore", examine(Map.of("metastore.uri", "thrift://127.0.0.1:" + port)))
                            .state())
                    .isEqualTo(State.GOOD);
        }
        assertThat(about("metastore", examine(Map.of("metastore.uri", "thrift://127.0.0.1:" + port))))
                .satisfies(finding -> assertThat(finding.state()).isEqualTo(State.WRONG))
                .satisfies(finding -> assertThat(finding.advice()).contains("metastore.uri"));
        assertThat(about("metastore", examine(Map.of("metastore.uri", "nonsense")))
                        .state())
                .isEqualTo(State.WRONG);
    }

    @Test
    void boundsOfJavaMemoryAndDisk() {
        assertThat(Doctor.java(11, "/jdk").state()).isEqualTo(State.WRONG);
        assertThat(Doctor.java(17, "/jdk").state()).isEqualTo(State.GOOD);
        assertThat(Doctor.java(21, "/jdk").state()).isEqualTo(State.WARNING);
        assertThat(Doctor.memory(GIGABYTE).state()).isEqualTo(State.WRONG);
        assertThat(Doctor.memory(3 * GIGABYTE).state()).isEqualTo(State.WARNING);
        assertThat(Doctor.memory(8 * GIGABYTE).state()).isEqualTo(State.GOOD);
        assertThat(Doctor.disk(home, GIGABYTE).state()).isEqualTo(State.WRONG);
        assertThat(Doctor.disk(home, 5 * GIGABYTE).state()).isEqualTo(State.WARNING);
        assertThat(Doctor.disk(home, 50 * GIGABYTE).state()).isEqualTo(State.GOOD);
        assertThat(MachineMemory.available()).isPositive();
    }
}
