package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.Outcome.Column;
import java.util.List;

/** The lane that says what a query means: Flink's. */
public interface Reference extends Lane {

    /** The columns of a query that is known to be valid, which can be told without running it. */
    List<Column> columns(String sql);
}
