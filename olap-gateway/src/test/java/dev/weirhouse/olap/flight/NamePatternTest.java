package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NamePatternTest {

    @ParameterizedTest
    @CsvSource({
        "route_delay, %, true",
        "route_delay, route_delay, true",
        "route_delay, ROUTE\\_DELAY, true",
        "routexdelay, route_delay, true",
        "routexdelay, route\\_delay, false",
        "route_delay, route%, true",
        "route_delay, %delay, true",
        "route_delay, %e%d%, true",
        "route_delay, %z%, false",
        "route_delay, route, false",
        "route, route_delay, false",
        "a%b, a\\%b, true",
        "axb, a\\%b, false",
        "a.b, a.b, true",
        "axb, a.b, false",
        "ab, a%_b, false",
        "aab, a%_b, true",
        "a\\, a\\, true",
    })
    void matchesAsJdbcSays(String name, String pattern, boolean expected) {
        assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(expected);
    }

    @Test
    void theEmptyPatternMatchesOnlyTheEmptyName() {
        assertThat(NamePattern.of("").matches("")).isTrue();
        assertThat(NamePattern.of("").matches("t")).isFalse();
    }

    @Test
    void noPatternStallsTheServer() {
        NamePattern pattern = NamePattern.of("%a".repeat(200) + "b");
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThat(pattern.matches("a".repeat(5_000)))
                .isFalse());
    }
}
