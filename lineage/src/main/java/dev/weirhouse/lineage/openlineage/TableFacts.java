package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogMetadata;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What events tell of the catalog's tables, as they are now. */
final class TableFacts {

    private final CatalogMetadata metadata;

    TableFacts(CatalogMetadata metadata) {
        this.metadata = requireNonNull(metadata, "metadata is null");
    }

    /** A column, with its type as Flink writes it. */
    record ColumnFacts(String name, String type, Optional<String> comment) {}

    /** A table's columns; empty when it is not there any more. */
    Optional<List<ColumnFacts>> schema(String dataset) {
        return ask(dataset, table -> metadata.schema(table).getColumns().stream()
                .map(column -> new ColumnFacts(
                        column.getName(), column.getDataType().getLogicalType().asSummaryString(), column.getComment()))
                .toList());
    }

    /** What is said about a table; empty when nothing is, or it is not there any more. */
    Optional<String> comment(String dataset) {
        return ask(dataset, metadata::comment).filter(comment -> !comment.isEmpty());
    }

    private static <T> Optional<T> ask(String dataset, Function<TableName, T> question) {
        String[] parts = dataset.split("\\.", 2);
        try {
            return Optional.of(question.apply(new TableName(parts[0], parts[1])));
        } catch (WarehouseException e) {
            return Optional.empty();
        }
    }
}
