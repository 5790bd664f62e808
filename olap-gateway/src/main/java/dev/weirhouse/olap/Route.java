package dev.weirhouse.olap;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.Session;
import java.util.List;

/** Where a statement is computed. */
sealed interface Route {

    /** Starts the statement; returns when the answer's schema is known. */
    Answer run(Session session, Prepared prepared, List<?> parameters);

    /** On the Flink cluster, which can compute everything. */
    record Flink() implements Route {
        @Override
        public Answer run(Session session, Prepared prepared, List<?> parameters) {
            return session.execute(prepared, parameters, Lane.OLAP);
        }
    }
}
