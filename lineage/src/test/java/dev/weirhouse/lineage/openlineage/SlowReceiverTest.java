package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One receiver that takes its time keeps no other from being told. */
@WarehouseTest
final class SlowReceiverTest {

    @TempDir
    private Path folder;

    @Test
    void whoAnswersNeverKeepsNoOther(TestWarehouse kit) throws Exception {
        Path file = folder.resolve("events.jsonl");
        kit.run("CREATE TABLE told (id INT)");
        // Whoever connects is not answered.
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            OpenLineageConfig config = ConfigReader.read(
                    OpenLineageConfig.class,
                    Map.of(
                            "lineage.openlineage.http.url",
                            "http://127.0.0.1:" + silent.getLocalPort() + "/api/v1/lineage",
                            "lineage.openlineage.file.path",
                            file.toString()));
            try (OpenLineage openLineage = OpenLineage.open(kit.warehouse(), config)) {
                kit.run("INSERT INTO told VALUES (1)");
                Eventually.within(Duration.ofSeconds(20)).holds("the file has its end", () -> assertThat(file)
                        .exists()
                        .content()
                        .contains("\"eventType\":\"START\"", "\"eventType\":\"COMPLETE\"", "told"));
                assertThat(openLineage.deliveries())
                        .filteredOn(delivery -> delivery.receiver().equals("http"))
                        .singleElement()
                        .matches(delivery -> delivery.sent() == 0);
            }
        }
        assertThat(Files.readString(file).lines()).hasSizeGreaterThanOrEqualTo(2);
    }
}
