package dev.weirhouse.olap.duckdb;

import static java.util.Objects.requireNonNull;

/** How a native query ended. Limits and cancellations are no outcomes: they are thrown. */
public sealed interface NativeOutcome {

    /** The whole answer is there: neither the query nor the engine's death can spoil it any more. */
    record Answered(NativeAnswer answer) implements NativeOutcome {
        public Answered {
            requireNonNull(answer, "answer is null");
        }
    }

    /** The engine could not compute the query: ask Flink. */
    record Failed(String reason) implements NativeOutcome {
        public Failed {
            requireNonNull(reason, "reason is null");
        }
    }

    /**
     * The engine died under the query and is being started again: run the query again, there or on Flink.
     *
     * @param life which process it was
     * @param killed whether it was killed for a query that did not end when it was told to
     */
    record Lost(String reason, long life, boolean killed) implements NativeOutcome {
        public Lost {
            requireNonNull(reason, "reason is null");
        }
    }

    /** There is no engine now, and the query did not begin: ask Flink. */
    record Unavailable(String reason) implements NativeOutcome {
        public Unavailable {
            requireNonNull(reason, "reason is null");
        }
    }
}
