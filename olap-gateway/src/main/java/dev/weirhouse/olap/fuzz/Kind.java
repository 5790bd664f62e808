package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Types among which values are drawn as one. */
public enum Kind {
    BOOL,
    INT,
    DECIMAL,
    FLOAT,
    DOUBLE,
    TEXT,
    BYTES,
    DATE,
    TIME,
    /** Times with the session's zone. */
    ZONED;

    private static final int COMMON = 3;

    /** Bytes, with which little can be done, and what the native lane does not read. */
    private static final Set<Kind> RARE = Set.of(BYTES, ZONED);

    /** To draw one from: those that are rare are there once, the others more often. */
    static final List<Kind> DRAWN;

    /** As {@link #DRAWN}, but such as the native lane can answer with. */
    static final List<Kind> READ;

    static {
        List<Kind> drawn = new ArrayList<>();
        for (Kind kind : values()) {
            drawn.addAll(Collections.nCopies(RARE.contains(kind) ? 1 : COMMON, kind));
        }
        DRAWN = List.copyOf(drawn);
        READ = drawn.stream().filter(kind -> kind != ZONED).toList();
    }
}
