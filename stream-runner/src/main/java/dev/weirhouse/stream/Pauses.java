package dev.weirhouse.stream;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When a job that could not be started may be tried again: after pauses that double, from one second to a minute. */
final class Pauses {

    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofMinutes(1);

    private final Clock clock;
    private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

    Pauses(Clock clock) {
        this.clock = clock;
    }

    /** Begins the next pause of a job; answers its length. */
    Duration begin(String jobId) {
        return pauses.merge(jobId, new Pause(FIRST, clock.millis() + FIRST.toMillis()), (last, first) -> {
                    Duration next = last.length().multipliedBy(2).compareTo(LONGEST) > 0
                            ? LONGEST
                            : last.length().multipliedBy(2);
                    return new Pause(next, clock.millis() + next.toMillis());
                })
                .length();
    }

    boolean isOver(String jobId) {
        Pause pause = pauses.get(jobId);
        return pause == null || pause.until() <= clock.millis();
    }

    void forget(String jobId) {
        pauses.remove(jobId);
    }

    private record Pause(Duration length, long until) {}
}
