package dev.weirhouse.batch;

import java.util.List;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;

/**
 * Hears of a script while it runs. The calls for one script come one after the other and hold it up while they last; what
 * they throw is logged and changes nothing.
 */
public interface ScriptListener {

    /** Hears nothing. */
    ScriptListener SILENT = new ScriptListener() {};

    /** The script moved to a state. */
    default void onScript(ScriptRun run, ScriptState state) {}

    /** A statement moved to the state that it carries. */
    default void onStatement(ScriptRun run, StatementStatus statement) {}

    /**
     * A statement answered rows.
     *
     * @param statement still running
     * @param rows the first {@code batch.answer-rows}, in Flink's internal format
     */
    default void onRows(ScriptRun run, StatementStatus statement, ResolvedSchema columns, List<RowData> rows) {}
}
