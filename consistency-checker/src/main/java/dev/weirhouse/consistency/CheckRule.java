package dev.weirhouse.consistency;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a declared check asks of a table. */
public sealed interface CheckRule {

    /** Its name, as {@code weir.checks} shows it. */
    String kind();

    /** It in words. */
    String said();

    /** No row has NULL in any of the columns. */
    record NotNull(List<String> columns) implements CheckRule {
        public NotNull {
            columns = some(columns);
        }

        @Override
        public String kind() {
            return "NOT_NULL";
        }

        @Override
        public String said() {
            return String.join(", ", columns) + " not null";
        }
    }

    /** No two rows have the same values in the columns; rows with NULL in one of them are left out, as in SQL. */
    record Unique(List<String> columns) implements CheckRule {
        public Unique {
            columns = some(columns);
        }

        @Override
        public String kind() {
            return "UNIQUE";
        }

        @Override
        public String said() {
            return String.join(", ", columns) + " unique";
        }
    }

    /** Every value that is not NULL lies between the two, both included. */
    record InRange(String column, Optional<String> least, Optional<String> most) implements CheckRule {
        public InRange {
            requireNonNull(column, "column is null");
            if (least.isEmpty() && most.isEmpty()) {
                throw invalid("A range has a least or a greatest value, or both.");
            }
        }

        @Override
        public String kind() {
            return "RANGE";
        }

        @Override
        public String said() {
            return column + " from " + least.orElse("*") + " to " + most.orElse("*");
        }
    }

    /**
     * Every value that is not NULL is one of another table's.
     *
     * @param other the other table, with its database
     */
    record References(String column, String other, String otherColumn) implements CheckRule {
        public References {
            requireNonNull(column, "column is null");
            requireNonNull(otherColumn, "otherColumn is null");
            Relation named = Relation.parse(other);
            if (named.snapshot().isPresent() || named.tag().isPresent()) {
                throw invalid("What a check refers to is a table, without a moment: " + other + ".");
            }
        }

        @Override
        public String kind() {
            return "REFERENCES";
        }

        @Override
        public String said() {
            return column + " references " + other + "." + otherColumn;
        }
    }

    /** The newest change of the table, or the greatest value of a column with times, is no older than that. */
    record Fresh(Duration within, Optional<String> column) implements CheckRule {
        public Fresh {
            if (within.isNegative() || within.isZero()) {
                throw invalid("What is fresh may be some time old: more than nothing.");
            }
        }

        @Override
        public String kind() {
            return "FRESH";
        }

        @Override
        public String said() {
            return column.map(name -> name + " ").orElse("") + "within " + within.toMillis() + " ms";
        }
    }

    /** The number of rows differs from the median of the latest counts by no more than that. */
    record RowsWithin(int percent) implements CheckRule {
        public RowsWithin {
            if (percent < 0 || percent > 1_000_000) {
                throw invalid("Rows may deviate by 0 to 1000000 percent.");
            }
        }

        @Override
        public String kind() {
            return "ROWS";
        }

        @Override
        public String said() {
            return "rows within " + percent + "%";
        }
    }

    /** A query answers no row. */
    record ReturnsNothing(String sql) implements CheckRule {
        public ReturnsNothing {
            if (sql.isBlank()) {
                throw invalid("The query of a check is not empty.");
            }
        }

        @Override
        public String kind() {
            return "SQL";
        }

        @Override
        public String said() {
            return sql.strip().replaceAll("\\s+", " ");
        }
    }

    private static List<String> some(List<String> columns) {
        if (columns.isEmpty() || columns.stream().anyMatch(column -> column == null || column.isBlank())) {
            throw invalid("A check of columns names at least one.");
        }
        return List.copyOf(columns);
    }

    private static WarehouseException invalid(String why) {
        return new WarehouseException(CheckError.CHECK_INVALID, why);
    }
}
