package dev.weirhouse.stream;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.RecordedText;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.RevisionRow;
import dev.weirhouse.catalog.state.RunStart;
import dev.weirhouse.stream.flink.CompiledJob;
import java.util.Optional;
import java.util.OptionalInt;

/** The record of an attempt. */
final class StreamRuns {

    private StreamRuns() {}

    static RunStart start(JobRow job, RevisionRow revision, CompiledJob compiled, Optional<String> derivation) {
        return new RunStart(
                Lane.STREAM,
                StatementKind.WRITE,
                Optional.of(job.id()),
                OptionalInt.of(revision.revision()),
                Optional.empty(),
                job.caller(),
                Dialect.FLINK,
                RecordedText.of(revision.sql()),
                compiled.cut(),
                compiled.allUses(),
                derivation,
                Optional.empty());
    }
}
