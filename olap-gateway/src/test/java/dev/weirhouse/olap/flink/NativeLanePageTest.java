package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference page is what the code admits; {@code -Dweir.docs.rewrite=true} writes it anew. */
final class NativeLanePageTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "native-lane.md");

    @Test
    void thePageIsWhatTheCodeAdmits() throws Exception {
        String page = NativeLaneReference.markdown();
        if (Boolean.getBoolean("weir.docs.rewrite")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).hasContent(page);
    }
}
