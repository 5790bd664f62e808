package dev.weirhouse.catalog.flink.checkpoint;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.apache.flink.table.catalog.ObjectIdentifier;

/**
 * A source of a Flink job.
 *
 * @param id of the operator, as checkpoints name it: 32 hexadecimal digits; empty for a table in which rows are looked up
 * @param table what it reads, by the name that the job's text resolves; empty where that is not to be seen
 * @param name what Flink calls the operator
 * @param reader how it reads, as {@link dev.weirhouse.catalog.state.StreamSource} says
 */
public record SourceOperator(String id, Optional<ObjectIdentifier> table, String name, String reader) {
    public SourceOperator {
        requireNonNull(id, "id is null");
        requireNonNull(table, "table is null");
        requireNonNull(name, "name is null");
        requireNonNull(reader, "reader is null");
    }
}
