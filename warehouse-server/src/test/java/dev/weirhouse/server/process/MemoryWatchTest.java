package dev.weirhouse.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.server.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes whose memory runs out. */
final class MemoryWatchTest {

    @TempDir
    private Path folder;

    private record Outcome(int status, String output) {}

    private Outcome run(String how) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HungryMain.class.getName(),
                        how))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    @Test
    void oneRequestThatIsTooLargeEndsNothing() throws Exception {
        assertThat(run("ONCE").status()).isEqualTo(ExitCode.OK);
    }

    @Test
    void memoryThatStaysFullEndsTheProcess() throws Exception {
        Outcome outcome = run("FOR_GOOD");
        assertThat(outcome.output()).contains("out of memory");
        assertThat(outcome.status()).isEqualTo(ExitCode.OUT_OF_MEMORY);
    }

    @Test
    void aThreadThatDiesOfItEndsTheProcess() throws Exception {
        assertThat(run("IN_A_THREAD").status()).isEqualTo(ExitCode.OUT_OF_MEMORY);
    }
}
