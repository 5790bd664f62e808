package dev.weirhouse.olap;

import java.util.Locale;

/** What a session says about where its queries are computed. */
enum LaneChoice {

    /** Wherever the answer is right and comes soonest. */
    AUTO,
    /** Natively, or not at all. */
    NATIVE,
    /** On Flink. */
    FLINK;

    /** The setting's key. */
    static final String KEY = "olap.lane";

    /** The choice that a setting's value, which was checked when it was set, names. */
    static LaneChoice of(String value) {
        return valueOf(value.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
