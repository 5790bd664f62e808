package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.RecordedText;
import dev.weirhouse.catalog.WarehouseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a run ended.
 *
 * @param affectedRows rows written; empty when not known or none could be
 * @param commits the snapshots that it added, all of them; empty when they are not known
 * @param partitions by version those that it read, of tables that have any, as far as they are known
 */
public record RunEnd(
        RunState state,
        OptionalLong affectedRows,
        Optional<String> errorCode,
        Optional<String> error,
        Optional<List<Commit>> commits,
        Map<String, List<String>> partitions) {
    public RunEnd {
        partitions = Map.copyOf(partitions);
    }

    /** One whose commits and partitions are not known. */
    RunEnd(RunState state, OptionalLong affectedRows, Optional<String> errorCode, Optional<String> error) {
        this(state, affectedRows, errorCode, error, Optional.empty(), Map.of());
    }

    /** The run did what it was asked to. */
    public static RunEnd finished(OptionalLong affectedRows) {
        return new RunEnd(RunState.FINISHED, affectedRows, Optional.empty(), Optional.empty());
    }

    /** The process that ran it ended first; how far it came is not known. */
    public static RunEnd lost() {
        return new RunEnd(RunState.LOST, OptionalLong.empty(), Optional.empty(), Optional.empty());
    }

    /** The run was cancelled or failed. */
    public static RunEnd failed(WarehouseException error) {
        return new RunEnd(
                error.code() == CatalogError.CANCELLED ? RunState.CANCELLED : RunState.FAILED,
                OptionalLong.empty(),
                Optional.of(error.code().id()),
                Optional.of(RecordedText.of(error.detail())));
    }

    /** The same end of a run, whose commits are known. */
    public RunEnd with(List<Commit> known) {
        return new RunEnd(state, affectedRows, errorCode, error, Optional.of(known), partitions);
    }

    /** The same end of a run, whose partitions are known. */
    public RunEnd reading(Map<String, List<String>> known) {
        return new RunEnd(state, affectedRows, errorCode, error, commits, known);
    }
}
