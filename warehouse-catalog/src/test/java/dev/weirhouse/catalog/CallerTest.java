package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CallerTest {

    @Test
    void whatACallerSaysOfItselfIsShortAndOnOneLine() {
        assertThat(new Caller("Jürgen O'Neil", "", List.of("nightly"), Door.HTTP).principal())
                .isEqualTo("Jürgen O'Neil");
        refused("ev\nil", "", List.of());
        refused("a", "x\u2028y", List.of());
        refused("a", "", List.of("x\u001b[2J"));
        refused("x".repeat(129), "", List.of());
        refused("a", "x".repeat(513), List.of());
        refused("a", "", Collections.nCopies(33, "tag"));
        refused("a\u202eb", "", List.of());
    }

    private static void refused(String principal, String source, List<String> tags) {
        assertThatThrownBy(() -> new Caller(principal, source, tags, Door.HTTP))
                .hasMessageStartingWith("[WEIR-1003] CALLER_INVALID");
    }
}
