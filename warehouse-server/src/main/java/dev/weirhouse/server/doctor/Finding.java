package dev.weirhouse.server.doctor;

import static java.util.Objects.requireNonNull;

/**
 * What one look found.
 *
 * @param subject what was looked at, two or three words
 * @param state how it stands
 * @param detail what was seen
 * @param advice what to do about it; empty when nothing is to be done
 */
public record Finding(String subject, State state, String detail, String advice) {

    /** How a subject stands. */
    public enum State {
        GOOD,
        /** It works, but may not for long or for everything. */
        WARNING,
        /** A warehouse cannot start or work like this. */
        WRONG
    }

    public Finding {
        requireNonNull(subject, "subject is null");
        requireNonNull(state, "state is null");
        requireNonNull(detail, "detail is null");
        if ((state == State.GOOD) != advice.isEmpty()) {
            throw new IllegalArgumentException("advice is for what is not good, and for all of that: " + subject);
        }
    }

    static Finding good(String subject, String detail) {
        return new Finding(subject, State.GOOD, detail, "");
    }

    static Finding warning(String subject, String detail, String advice) {
        return new Finding(subject, State.WARNING, detail, advice);
    }

    static Finding wrong(String subject, String detail, String advice) {
        return new Finding(subject, State.WRONG, detail, advice);
    }
}
