package dev.weirhouse.olap.paimon;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.paimon.schema.TableSchema;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypeRoot;
import org.apache.paimon.types.DecimalType;
import org.apache.paimon.types.VarCharType;

/** Under which names a file of an earlier schema has a table's columns. */
final class FileColumns {

    /** DuckDB's names for what it knows of a row beside its columns. */
    static final String FILE = "file_index";

    static final String POSITION = "file_row_number";

    private FileColumns() {}

    /**
     * Each of the table's columns by its name, with its name in the file; missing when the file is older than the column,
     * whose values are then NULL.
     *
     * @return empty when a column has a type in the file whose values Paimon converts in a way of its own
     */
    static Optional<Map<String, String>> names(TableSchema table, TableSchema file, Iterable<String> columns) {
        Map<Integer, DataField> fields =
                file.fields().stream().collect(Collectors.toMap(DataField::id, Function.identity()));
        Map<String, String> names = new LinkedHashMap<>();
        for (String column : columns) {
            DataField wanted = table.nameToFieldMap().get(column);
            DataField field = fields.get(wanted.id());
            if (field != null) {
                if (!widens(field.type(), wanted.type())) {
                    return Optional.empty();
                }
                names.put(column, field.name());
            }
        }
        return Optional.of(names);
    }

    /** Whether DuckDB's cast between the types gives what Paimon's gives: no value changes. */
    private static boolean widens(DataType from, DataType to) {
        if (from.equalsIgnoreNullable(to)) {
            return true;
        }
        return switch (from.getTypeRoot()) {
            case TINYINT, SMALLINT, INTEGER -> whole(from) > 0 && whole(from) < whole(to);
            case FLOAT -> to.getTypeRoot() == DataTypeRoot.DOUBLE;
            case VARCHAR -> to instanceof VarCharType text && text.getLength() >= ((VarCharType) from).getLength();
            case DECIMAL ->
                to instanceof DecimalType decimal
                        && decimal.getScale() == ((DecimalType) from).getScale()
                        && decimal.getPrecision() >= ((DecimalType) from).getPrecision();
            default -> false;
        };
    }

    private static int whole(DataType type) {
        return switch (type.getTypeRoot()) {
            case TINYINT -> 1;
            case SMALLINT -> 2;
            case INTEGER -> 4;
            case BIGINT -> 8;
            default -> 0;
        };
    }

    /** Whether a file of the schema says of each row where it is: a column of the same name would be in the way. */
    static boolean tellsPositions(TableSchema file) {
        return file.fieldNames().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .noneMatch(name -> name.equals(FILE) || name.equals(POSITION));
    }
}
