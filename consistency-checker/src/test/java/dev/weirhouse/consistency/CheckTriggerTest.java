package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.consistency.CheckTrigger.Kind;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CheckTriggerTest {

    private static final Instant FRIDAY = Instant.parse("2024-02-02T06:00:00Z");

    @Test
    void timesComeInTurn() {
        assertThat(new CheckTrigger(Kind.EVERY, "90000").next(FRIDAY)).contains(FRIDAY.plusSeconds(90));
        assertThat(new CheckTrigger(Kind.CRON, "0 6 * * MON-FRI").next(FRIDAY))
                .contains(Instant.parse("2024-02-05T06:00:00Z"));
        assertThat(new CheckTrigger(Kind.CRON, "*/15 * * * *").next(FRIDAY)).contains(FRIDAY.plusSeconds(900));
        assertThat(new CheckTrigger(Kind.COMMITS, "").next(FRIDAY)).isEmpty();
        assertThat(new CheckTrigger(Kind.DEMAND, "").next(FRIDAY)).isEmpty();
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertThatThrownBy(() -> new CheckTrigger(Kind.CRON, "often")).hasMessageContaining("WEIR-1601");
        assertThatThrownBy(() -> new CheckTrigger(Kind.CRON, "0 0 6 * * *")).hasMessageContaining("five fields");
        assertThatThrownBy(() -> new CheckTrigger(Kind.EVERY, "10")).hasMessageContaining("1000 ms apart");
        assertThatThrownBy(() -> new CheckTrigger(Kind.EVERY, "-5")).hasMessageContaining("WEIR-1601");
        assertThatThrownBy(() -> new CheckTrigger(Kind.DEMAND, "5")).hasMessageContaining("has no times");
    }
}
