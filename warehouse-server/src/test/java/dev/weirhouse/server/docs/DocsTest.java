package dev.weirhouse.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.launch.HomeLibraries;
import dev.weirhouse.stream.flink.CompiledJob;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import dev.weirhouse.testkit.script.SqlScripts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows is run, and what it points to is there. */
@WarehouseTest
final class DocsTest {

    private static final Pattern OPEN_API_PATH = Pattern.compile("(?m)^  (/\\S*):$");

    @TempDir
    private Path folder;

    /** What a page tells the reader to put into the home's lib. */
    @BeforeAll
    static void installConnectors() throws IOException {
        assertThat(HomeLibraries.load(Path.of(System.getProperty("weir.connectors"))))
                .isNotEmpty();
    }

    /** The statements of each page, in one session, and then its jobs. */
    @TestFactory
    Stream<DynamicTest> snippets(TestWarehouse warehouse) {
        List<DocPage> pages =
                DocPage.all().stream().filter(page -> !page.blocks().isEmpty()).toList();
        assertThat(pages).isNotEmpty();
        return pages.stream()
                .map(page -> DynamicTest.dynamicTest(page.path().getFileName().toString(), () -> run(page, warehouse)));
    }

    private void run(DocPage page, TestWarehouse warehouse) throws Exception {
        List<String> before = warehouse.warehouse().metadata().databases();
        try {
            String name = page.path().getFileName().toString().replaceFirst("\\.md$", ".test");
            if (page.script(warehouse.home()).isPresent()) {
                Path script = folder.resolve(name);
                Files.writeString(script, page.script(warehouse.home()).get());
                SqlScripts.run(script, warehouse::connect);
            }
            for (String job : page.jobs(warehouse.home())) {
                compile(job, warehouse.warehouse());
            }
        } finally {
            List<String> made = new ArrayList<>(warehouse.warehouse().metadata().databases());
            made.removeAll(before);
            for (String database : made) {
                warehouse.run("DROP DATABASE `" + database + "` CASCADE");
            }
        }
    }

    private static void compile(String job, Warehouse warehouse) {
        try (CompiledJob compiled =
                CompiledJob.compile(warehouse.gate(), Caller.internal("docs"), "a_job", job, Map.of())) {
            assertThat(compiled.explain()).contains("== Optimized Execution Plan ==");
        }
    }

    @Test
    void aWrongAnswerAndAMissingErrorAreFound(TestWarehouse warehouse) {
        DocPage wrong = DocPage.of(
                Path.of("wrong.md"),
                List.of("<!-- run -->", "```sql", "SELECT 1;", "```", "", "<!-- answer I -->", "```text", "2", "```"));
        assertThatThrownBy(() -> run(wrong, warehouse))
                .hasMessageContaining("- 2")
                .hasMessageContaining("+ 1");
        DocPage harmless =
                DocPage.of(Path.of("harmless.md"), List.of("<!-- fails WEIR-1046 -->", "```sql", "SELECT 1;", "```"));
        assertThatThrownBy(() -> run(harmless, warehouse)).hasMessageContaining("should have failed");
        DocPage job = DocPage.of(
                Path.of("job.md"), List.of("<!-- job -->", "```sql", "INSERT INTO no.where SELECT 1;", "```"));
        assertThatThrownBy(() -> run(job, warehouse)).hasMessageContaining("WEIR-10");
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(DocPage.all()).allSatisfy(page -> assertThat(page.links())
                .allSatisfy(target ->
                        assertThat(target).as("a link of %s", page.path()).exists()));
    }

    @Test
    void thePageOfTheApiNamesEveryRoute() throws IOException {
        try (InputStream api = getClass().getResourceAsStream("/dev/weirhouse/server/http/openapi.yaml")) {
            List<String> paths = OPEN_API_PATH
                    .matcher(new String(api.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .map(path -> path.group(1))
                    .toList();
            assertThat(paths).isNotEmpty();
            assertThat(paths)
                    .allSatisfy(path -> assertThat(DocPage.of("rest.md").text()).contains("`" + path + "`"));
        }
    }
}
