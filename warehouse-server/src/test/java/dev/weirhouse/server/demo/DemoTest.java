package dev.weirhouse.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.place.ServerAddress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as users run it, on fewer flights: a server in a process of its own, and the stock driver. */
final class DemoTest {

    private static final Pattern SUM = Pattern.compile("(\\d+) of (\\d+) checks held, in \\d+ s\\.");

    @TempDir
    private Path folder;

    private record Outcome(int status, String told) {}

    private static Outcome demo(String... arguments) {
        StringWriter told = new StringWriter();
        PrintWriter out = new PrintWriter(told, true);
        int status = new CommandLine(new DemoCommand())
                .setOut(out)
                .setErr(out)
                .setExecutionExceptionHandler((e, command, result) -> {
                    out.println(e.getMessage());
                    return ExitCode.USER_ERROR;
                })
                .execute(arguments);
        return new Outcome(status, told.toString());
    }

    @Test
    void everyStepHoldsAndTheWarehouseCanBeKept() throws Exception {
        Path home = folder.resolve("home");
        Outcome outcome = demo("--home", home.toString(), "--rows", "12000", "--keep");
        Optional<ServerAddress> kept = ServerAddress.find(home);
        try {
            assertThat(outcome.status()).as(outcome.told()).isEqualTo(ExitCode.OK);
            assertThat(outcome.told())
                    .containsSubsequence(
                            "== 1. ",
                            "== 2. ",
                            "== 3. ",
                            "== 4. ",
                            "== 5. ",
                            "== 6. ",
                            "== 7. ",
                            "== 8. ",
                            "FAILED  ods.delay_goals",
                            "== 9. ",
                            "== 10. ",
                            "checks held")
                    .doesNotContain("[FAIL]");
            assertThat(SUM.matcher(outcome.told()).results()).singleElement().satisfies(sum -> assertThat(sum.group(1))
                    .isEqualTo(sum.group(2)));
            assertThat(kept).hasValueSatisfying(address -> {
                assertThat(address.isAlive()).isTrue();
                assertThat(outcome.told()).contains(address.jdbc()).contains("kill " + address.pid());
            });
            Outcome second = demo("--home", home.toString());
            assertThat(second.status()).isEqualTo(ExitCode.USER_ERROR);
            assertThat(second.told())
                    .contains("HOME_IN_USE", "kill " + kept.orElseThrow().pid());
        } finally {
            ProcessHandle process = ProcessHandle.of(
                            kept.map(ServerAddress::pid).orElse(-1L))
                    .filter(ProcessHandle::isAlive)
                    .orElse(null);
            if (process != null) {
                process.destroyForcibly();
                process.onExit().get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aFolderThatHoldsSomethingElseIsLeftAlone() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious.txt"), "mine");
        Outcome outcome = demo("--home", folder.toString());
        assertThat(outcome.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(outcome.told()).contains("ARGUMENT_INVALID", folder.toString());
        assertThat(precious).hasContent("mine");
        assertThat(folder.toFile().list()).containsExactly("precious.txt");
    }

    @Test
    void theFolderOfADemoBeforeIsEmptied() throws Exception {
        DemoHome home = new DemoHome(folder.resolve("home"));
        home.prepare(List.of("AAA,A,B,C,D,1,2"));
        Files.writeString(home.folder().resolve("state.db"), "old");
        home.requireOurs();
        home.prepare(List.of("BBB,A,B,C,D,1,2"));
        assertThat(home.folder().resolve("state.db")).doesNotExist();
        assertThat(home.inbox().resolve("airports").resolve("airports.csv")).hasContent("BBB,A,B,C,D,1,2");
    }

    @Test
    void aCheckThatFailsIsToldAndCounted() {
        StringWriter told = new StringWriter();
        try (Story story = new Story(new PrintWriter(told, true))) {
            story.check("as many", 3L, 3L);
            assertThat(story.everyCheckHeld()).isTrue();
            story.check("as many again", 3L, 4L);
            story.checkRows("rows", List.of(List.of("a"), List.of("b")), List.of(List.of("b"), List.of("c")));
            story.checkOrder("order", List.of(List.of("a"), List.of("b")), List.of(List.of("b"), List.of("a")));
            assertThat(story.everyCheckHeld()).isFalse();
            story.sum();
        }
        assertThat(told.toString())
                .contains("[ok]   as many: 3")
                .contains("[FAIL] as many again: expected 3, and it is 4")
                .contains("expected and missing: [a]")
                .contains("there and not expected: [c]")
                .contains("1 of 4 checks held");
    }
}
