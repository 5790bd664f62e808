package dev.weirhouse.catalog.flink;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/**
 * One of the warehouse's own tables, in the database {@code weir}.
 *
 * <p>Its rows are read when a statement is compiled and travel inside the job, so that tasks on any cluster can produce
 * them without reaching this process.
 *
 * @param name the table's name
 * @param comment what the table holds
 * @param rowType a ROW type: the columns
 * @param rows the rows now, in Flink's internal format; called once for each place that reads the table, with the values that
 *     columns of texts are to have there, by name: it may leave out rows that have others
 */
public record SystemTable(
        String name, String comment, DataType rowType, Function<Map<String, String>, List<RowData>> rows) {

    static final String OPTION = ReservedOptions.PREFIX + "system-table";

    public SystemTable {
        requireNonNull(name, "name is null");
        requireNonNull(comment, "comment is null");
        requireNonNull(rowType, "rowType is null");
        requireNonNull(rows, "rows is null");
    }

    /** One whose rows are always all of them. */
    public SystemTable(String name, String comment, DataType rowType, Supplier<List<RowData>> rows) {
        this(name, comment, rowType, wanted -> rows.get());
    }

    /** How Flink's catalog sees the table. */
    public CatalogTable catalogTable() {
        return CatalogTable.newBuilder()
                .schema(Schema.newBuilder().fromRowDataType(rowType).build())
                .comment(comment)
                .options(Map.of("connector", OPTION, OPTION, name))
                .build();
    }
}
