package dev.weirhouse.catalog;

import dev.weirhouse.catalog.state.ForeignJobRow;
import dev.weirhouse.catalog.state.ForeignRunRow;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Jobs outside the warehouse and their runs as rows of {@code weir.jobs} and {@code weir.runs}. */
final class ForeignRows {

    /** Stands where the warehouse's own have their lane. */
    private static final String FOREIGN = "FOREIGN";

    private ForeignRows() {}

    static RowData job(ForeignJobRow job) {
        return GenericRowData.of(
                text(job.id()),
                text(job.fullName()),
                text(FOREIGN),
                text(job.principal()),
                text(job.source()),
                text(""),
                1,
                text(job.lastRun().map(run -> run.state().name()).orElse("UNKNOWN")),
                TimestampData.fromEpochMillis(job.createdAt()),
                TimestampData.fromEpochMillis(job.updatedAt()),
                null,
                0L,
                0L,
                null,
                null,
                text(job.lastRun().map(ForeignRunRow::id)),
                text(job.lastRun().flatMap(ForeignRunRow::error)));
    }

    static RowData run(ForeignRunRow run) {
        return GenericRowData.of(
                text(run.id()),
                text(FOREIGN),
                text(FOREIGN),
                text(run.jobId()),
                null,
                null,
                text(run.principal()),
                text(run.source()),
                text(""),
                text(Door.HTTP.name()),
                text(""),
                text(run.statement()),
                text(""),
                text(run.derivation()),
                text(run.state().name()),
                TimestampData.fromEpochMillis(run.startedAt()),
                time(run.finishedAt()),
                run.affectedRows().isPresent() ? run.affectedRows().getAsLong() : null,
                null,
                null,
                text(run.error()));
    }

    private static TimestampData time(OptionalLong millis) {
        return millis.isPresent() ? TimestampData.fromEpochMillis(millis.getAsLong()) : null;
    }

    private static StringData text(String value) {
        return StringData.fromString(value);
    }

    private static StringData text(Optional<String> value) {
        return StringData.fromString(value.orElse(null));
    }
}
