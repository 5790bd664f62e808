package dev.weirhouse.olap.arrow;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * What clocks show in one zone at a given instant. The offset is looked up once for each stretch of time between two
 * changes of the zone's offset, since neighbouring rows are mostly close in time. Not safe for several threads.
 */
final class WallClock {

    private final ZoneRules rules;
    private long from = 1;
    private long until = 0;
    private long offsetMillis;

    WallClock(ZoneId zone) {
        this.rules = zone.getRules();
    }

    /** Milliseconds since the epoch as the zone's clocks would count them. */
    long local(long epochMillis) {
        if (epochMillis < from || epochMillis >= until) {
            look(epochMillis);
        }
        return Math.addExact(epochMillis, offsetMillis);
    }

    private void look(long epochMillis) {
        Instant instant = Instant.ofEpochMilli(epochMillis);
        ZoneOffset offset = rules.getOffset(instant);
        offsetMillis = offset.getTotalSeconds() * 1000L;
        if (rules.isFixedOffset()) {
            from = Long.MIN_VALUE;
            until = Long.MAX_VALUE;
            return;
        }
        ZoneOffsetTransition last = rules.previousTransition(instant.plusMillis(1));
        ZoneOffsetTransition next = rules.nextTransition(instant);
        from = last == null ? Long.MIN_VALUE : last.getInstant().toEpochMilli();
        until = next == null ? Long.MAX_VALUE : next.getInstant().toEpochMilli();
    }
}
