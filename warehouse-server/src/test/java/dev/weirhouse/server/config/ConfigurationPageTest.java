package dev.weirhouse.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.config.ConfigReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference page is what the records say; {@code -Dweir.docs.rewrite=true} writes it anew. */
final class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");

    @Test
    void thePageIsWhatTheRecordsSay() throws IOException {
        String page = ConfigReference.markdown(ServerSettings.RECORDS);
        if (Boolean.getBoolean("weir.docs.rewrite")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).hasContent(page);
    }
}
