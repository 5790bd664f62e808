package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.StatementKind;
import java.util.List;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.operations.DeleteFromFilterOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A statement that was parsed, validated and admitted.
 *
 * @param schema the answer's columns; none when the statement answers no rows, or when they are known only once it ran
 * @param parameters the types of its markers, in order
 */
public record Compiled(
        StatementKind kind, List<Operation> operations, ResolvedSchema schema, List<LogicalType> parameters) {

    public Compiled {
        operations = List.copyOf(operations);
        parameters = List.copyOf(parameters);
    }

    /** Whether it changes rows that are there: {@code UPDATE}, {@code DELETE}. */
    public boolean changesRows() {
        return operations.stream()
                .anyMatch(operation -> operation instanceof DeleteFromFilterOperation
                        || operation instanceof SinkModifyOperation sink && (sink.isUpdate() || sink.isDelete()));
    }
}
