package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.List;

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
    TIME;

    private static final int COMMON = 3;

    /** To draw one from: bytes, with which little can be done, are there once, the others more often. */
    static final List<Kind> DRAWN;

    static {
        List<Kind> drawn = new ArrayList<>(List.of(BYTES));
        for (Kind kind : values()) {
            for (int i = 0; kind != BYTES && i < COMMON; i++) {
                drawn.add(kind);
            }
        }
        DRAWN = List.copyOf(drawn);
    }
}
