package dev.weirhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The page of the command line has a section for each command, and in it each of its options. */
final class CliPageTest {

    private static final Path PAGE = Path.of("..", "docs", "cli.md");
    private static final List<String> EVERYWHERE = List.of("--help", "--version", "--server", "--user");

    @Test
    void everyCommandAndOptionIsDescribed() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(EVERYWHERE);
        Main.commandLine().getSubcommands().forEach((name, command) -> {
            int begin = page.indexOf("\n## `weir " + name + "`\n");
            assertThat(begin).as("the section of 'weir %s' in %s", name, PAGE).isNotNegative();
            int end = page.indexOf("\n## ", begin + 1);
            String section = page.substring(begin, end < 0 ? page.length() : end);
            assertThat(optionNames(command)).as("'weir %s'", name).allMatch(section::contains);
            command.getSubcommands().forEach((subname, subcommand) -> {
                assertThat(section).contains("`weir " + name + " " + subname);
                assertThat(optionNames(subcommand))
                        .as("'weir %s %s'", name, subname)
                        .allMatch(section::contains);
            });
        });
    }

    private static List<String> optionNames(CommandLine line) {
        return line.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .filter(name -> !EVERYWHERE.contains(name))
                .toList();
    }
}
