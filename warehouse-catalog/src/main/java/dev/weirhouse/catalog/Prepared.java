package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A statement that was validated and not run.
 *
 * @param schema the answer's columns; of a QUERY always, of METADATA and CALL only once they ran
 * @param parameters the types of its markers, in order
 */
public record Prepared(
        String sql, Dialect dialect, StatementKind kind, ResolvedSchema schema, List<LogicalType> parameters) {
    public Prepared {
        requireNonNull(sql, "sql is null");
        requireNonNull(dialect, "dialect is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(schema, "schema is null");
        parameters = List.copyOf(parameters);
    }
}
