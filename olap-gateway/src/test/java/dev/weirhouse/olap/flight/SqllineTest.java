package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.olap.StockDriver;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stock shell with the stock driver, in a JVM of its own, as a user starts it. */
@WarehouseTest
final class SqllineTest {

    private static final long DEADLINE_SECONDS = 120;

    private final TestWarehouse house;

    SqllineTest(TestWarehouse house) {
        this.house = house;
    }

    @Test
    void createsListsDescribesFillsAndQueries(@TempDir Path folder) throws Exception {
        String shown;
        try (OpenDoor open = OpenDoor.into(house, Map.of())) {
            shown = sqlline(
                    folder,
                    open.url(),
                    List.of(
                            "CREATE TABLE airports (code STRING, city STRING, PRIMARY KEY (code) NOT ENFORCED);",
                            "INSERT INTO airports VALUES ('ATL', 'Atlanta'), ('ORD', 'Chicago');",
                            "!tables",
                            "!columns airports",
                            "!primarykeys airports",
                            "!describe airports",
                            "SHOW TABLES;",
                            "DESCRIBE airports;",
                            "SELECT city, CHAR_LENGTH(city) AS letters FROM airports ORDER BY city;",
                            "SELECT * FROM nowhere;"));
        }
        assertThat(shown)
                .contains("2 rows affected")
                .containsPattern("weirhouse.*" + house.database() + ".*airports.*TABLE")
                .containsPattern("airports.*code.*STRING")
                .containsPattern("airports.*city.*STRING")
                .containsPattern("Atlanta.*7")
                .containsPattern("Chicago.*7")
                .contains("[WEIR-1046] TABLE_NOT_FOUND")
                .doesNotContain("NullPointerException");
    }

    private static String sqlline(Path folder, String url, List<String> commands) throws Exception {
        Path script = Files.write(folder.resolve("script.sql"), commands);
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-Duser.home=" + folder,
                        "-cp",
                        StockDriver.jar("sqlline") + File.pathSeparator + StockDriver.jar("flight-sql-jdbc-driver"),
                        "sqlline.SqlLine",
                        "-d",
                        "org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver",
                        "-u",
                        url,
                        "-n",
                        "alice",
                        "-p",
                        "any",
                        "--maxWidth=200",
                        "--color=false",
                        "--force=true",
                        "-f",
                        script.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .as("sqlline came to its end")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
