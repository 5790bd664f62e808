package dev.weirhouse.stream.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format below the filesystem connector, in jobs that Flink runs. */
class RejectingFilesTest {

    @TempDir
    private Path folder;

    private TableEnvironment tables;

    @BeforeEach
    void openTables() {
        tables = TableEnvironment.create(EnvironmentSettings.inBatchMode());
        tables.getConfig().set("parallelism.default", "1");
    }

    @Test
    void bothBranchesOfAJobSeeTheSameRecords() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.csv"), "1;ORD;0.5\n2;LAX;much\r\n3;SFO;-\r\n\nx;JFK;1.5\n");
        Files.writeString(in.resolve("b.csv"), "4;ATL;2.5\n5;DEN\n");
        declare(
                "id INT NOT NULL, name STRING, delay DOUBLE",
                "",
                in,
                Map.of("format", "csv", "csv.field-delimiter", ";", "csv.null-literal", "-"));
        tables.executeSql("CREATE TABLE good (id INT, name STRING) WITH ('connector' = 'filesystem', 'path' = '"
                + folder.resolve("good").toUri() + "', 'format' = 'csv')");
        tables.executeSql("CREATE TABLE bad (line STRING, reason STRING) WITH ('connector' = 'filesystem', 'path' = '"
                + folder.resolve("bad").toUri() + "', 'format' = 'json')");
        tables.executeSql(
                        """
                        EXECUTE STATEMENT SET BEGIN
                        INSERT INTO good SELECT id, name FROM src WHERE __weir_error IS NULL;
                        INSERT INTO bad SELECT __weir_raw, __weir_error FROM src WHERE __weir_error IS NOT NULL;
                        END""")
                .await();
        assertThat(rows("SELECT * FROM good")).containsExactlyInAnyOrder("+I[1, ORD]", "+I[3, SFO]", "+I[4, ATL]");
        assertThat(rows("SELECT * FROM bad"))
                .containsExactlyInAnyOrder(
                        "+I[2;LAX;much, Fail to deserialize at field: delay: For input string: \"much\"]",
                        "+I[x;JFK;1.5, Fail to deserialize at field: id: For input string: \"x\"]",
                        "+I[5;DEN, Row length mismatch. 3 fields expected but was 2]");
    }

    @Test
    void anyProjectionIsRight() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.json"), "{\"id\": 1, \"name\": \"a\", \"more\": {\"x\": 7}}\n{\"id\": \n");
        declare("id INT NOT NULL, name STRING, more ROW<x INT>", "", in, Map.of("format", "json"));
        assertThat(rows("SELECT name, id FROM src WHERE __weir_error IS NULL")).containsExactly("+I[a, 1]");
        assertThat(rows("SELECT src.more.x FROM src WHERE __weir_error IS NULL"))
                .containsExactly("+I[7]");
        assertThat(rows("SELECT __weir_raw FROM src WHERE __weir_error IS NOT NULL"))
                .containsExactly("+I[{\"id\": ]");
        assertThat(rows("SELECT name, __weir_raw, id FROM src"))
                .containsExactlyInAnyOrder("+I[a, null, 1]", "+I[null, {\"id\": , 0]");
        assertThat(rows("SELECT count(*) FROM src")).containsExactly("+I[2]");
        assertThat(rows("SELECT count(__weir_error), max(more.x) FROM src")).containsExactly("+I[1, 7]");
    }

    @Test
    void partitionColumnsAndFileMetadataStay() throws Exception {
        Path in = Files.createDirectories(folder.resolve("in/dt=2001-01-01"));
        Files.writeString(in.resolve("a.csv"), "1,a\nx,b\n");
        declare(
                "id INT, name STRING, dt STRING, `file.name` STRING NOT NULL METADATA",
                "PARTITIONED BY (dt)",
                in.getParent(),
                Map.of("format", "csv"));
        assertThat(rows("SELECT dt, `file.name`, id, __weir_raw FROM src"))
                .containsExactlyInAnyOrder("+I[2001-01-01, a.csv, 1, null]", "+I[2001-01-01, a.csv, null, x,b]");
    }

    @Test
    void filesThatAreToFailAreReadLineByLineToo() throws Exception {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(in.resolve("a.json"), "{\"id\": 1, \"name\": \"a\"}\n{\"id\": 2, \"name\": \"b\"}\r\n");
        Map<String, String> options = LinesFormatFactory.wrap(
                        Map.of("connector", "filesystem", "path", in.toUri().toString(), "format", "json"),
                        getClass().getClassLoader())
                .orElseThrow();
        tables.executeSql("CREATE TEMPORARY TABLE lines (id INT, name STRING) WITH (" + text(options) + ")");
        assertThat(rows("SELECT name, id FROM lines")).containsExactlyInAnyOrder("+I[a, 1]", "+I[b, 2]");
        Files.writeString(in.resolve("b.json"), "{\"id\": \n");
        assertThatThrownBy(() -> rows("SELECT name FROM lines")).hasStackTraceContaining("Failed to deserialize JSON");
        assertThat(LinesFormatFactory.wrap(
                        Map.of("connector", "filesystem", "format", "csv"),
                        getClass().getClassLoader()))
                .as("Flink reads csv from files itself")
                .isEmpty();
    }

    private static String text(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                .collect(Collectors.joining(", "));
    }

    private void declare(String columns, String clause, Path in, Map<String, String> format) {
        Map<String, String> options = new LinkedHashMap<>(format);
        options.put("connector", "filesystem");
        options.put("path", in.toUri().toString());
        String with =
                text(RejectingFormat.wrap(options, getClass().getClassLoader()).orElseThrow());
        tables.executeSql("CREATE TEMPORARY TABLE src (" + columns + ", __weir_raw STRING, __weir_error STRING) "
                + clause + " WITH (" + with + ")");
    }

    private List<String> rows(String sql) throws Exception {
        List<String> rows = new ArrayList<>();
        try (CloseableIterator<Row> iterator = tables.executeSql(sql).collect()) {
            iterator.forEachRemaining(row -> rows.add(row.toString()));
        }
        return rows;
    }
}
