package dev.weirhouse.server.http;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.ResolvedSchema;

/** Where a statement stands; {@link HttpStatement} alone moves it. */
sealed interface StatementState {

    /** Whether nothing more will happen to the statement. */
    default boolean isEnd() {
        return !(this instanceof Running) && !(this instanceof Answering);
    }

    /** The name that clients see. */
    default Name publicName() {
        if (this instanceof Finished) {
            return Name.FINISHED;
        } else if (this instanceof Failed) {
            return Name.FAILED;
        }
        return this instanceof Cancelled ? Name.CANCELLED : Name.RUNNING;
    }

    /** It is being prepared or submitted; what it answers is not known yet. */
    record Running() implements StatementState {}

    /** Its job runs, and rows come if its kind has any. */
    record Answering(Outline outline) implements StatementState {}

    /**
     * It did all that it should.
     *
     * @param affectedRows rows written; -1 when not known
     * @param truncated whether there were more rows than the request wanted
     */
    record Finished(Outline outline, long affectedRows, boolean truncated) implements StatementState {}

    /** It ended with an error. */
    record Failed(WarehouseException error) implements StatementState {}

    /** It was ended by its client, or because its client had gone. */
    record Cancelled() implements StatementState {}

    /** The states as clients see them. */
    enum Name {
        RUNNING,
        FINISHED,
        FAILED,
        CANCELLED
    }

    /**
     * What is known of an answer before its rows.
     *
     * @param runId the run that records the statement
     * @param columns empty when the kind answers no rows
     */
    record Outline(
            String runId, String cut, Optional<AnsweredBy> answeredBy, StatementKind kind, List<ColumnView> columns) {
        public Outline {
            columns = List.copyOf(columns);
        }
    }

    /**
     * A column of an answer.
     *
     * @param type the type as Flink's SQL writes it
     */
    record ColumnView(String name, String type) {

        static List<ColumnView> of(ResolvedSchema schema) {
            return schema.getColumns().stream()
                    .map(column -> new ColumnView(
                            column.getName(),
                            column.getDataType().getLogicalType().asSummaryString()))
                    .toList();
        }
    }
}
