package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the columns of a table change between two of its commits: one is dropped, renamed, widened, added, or some of these.
 * Another column may take the name of one that is gone, and has none of its values.
 *
 * @param statements in order
 * @param columns of the table after them, in its order
 */
record SchemaChange(List<String> statements, List<TableColumn> columns) {

    private static final Map<String, List<String>> WIDER = Map.ofEntries(
            Map.entry("TINYINT", List.of("SMALLINT", "INT", "BIGINT")),
            Map.entry("SMALLINT", List.of("INT", "BIGINT")),
            Map.entry("INT", List.of("BIGINT", "DECIMAL(20, 5)", "DOUBLE")),
            Map.entry("FLOAT", List.of("DOUBLE")),
            Map.entry("DECIMAL(10, 2)", List.of("DECIMAL(12, 2)", "DECIMAL(20, 5)")),
            Map.entry("DECIMAL(15, 2)", List.of("DECIMAL(38, 6)")),
            Map.entry("CHAR(3)", List.of("CHAR(5)", "STRING")),
            Map.entry("VARBINARY(8)", List.of("VARBINARY(20)")),
            Map.entry("DATE", List.of("TIMESTAMP(3)")),
            Map.entry("TIMESTAMP(0)", List.of("TIMESTAMP(3)", "TIMESTAMP(6)")),
            Map.entry("TIMESTAMP(3)", List.of("TIMESTAMP(6)")));

    /** What may be done to one column. */
    private enum Step {
        DROP,
        RENAME,
        WIDEN,
        ADD
    }

    SchemaChange {
        statements = List.copyOf(statements);
        columns = List.copyOf(columns);
    }

    /**
     * Changes of a table.
     *
     * @param fixed names of columns that stay as they are
     * @param more columns that may be added
     */
    static SchemaChange of(
            String table, List<TableColumn> columns, Set<String> fixed, List<TableColumn> more, Draw draw) {
        Drawing drawing = new Drawing(table, columns, fixed, draw);
        List<Step> steps = draw.some(List.of(Step.values()), 1 + draw.below(Step.values().length));
        for (Step step : steps) {
            switch (step) {
                case DROP -> drawing.drop();
                case RENAME -> drawing.rename();
                case WIDEN -> drawing.widen();
                case ADD -> drawing.add(draw.pick(more));
            }
        }
        return new SchemaChange(drawing.statements, drawing.columns);
    }

    private static final class Drawing {

        private final String table;
        private final List<TableColumn> columns;
        private final Set<String> fixed;
        private final Draw draw;
        private final List<String> statements = new ArrayList<>();
        private final Set<String> gone = new HashSet<>();
        private int names;

        Drawing(String table, List<TableColumn> columns, Set<String> fixed, Draw draw) {
            this.table = table;
            this.columns = new ArrayList<>(columns);
            this.fixed = fixed;
            this.draw = draw;
        }

        void drop() {
            any().ifPresent(column -> {
                columns.remove(column);
                gone.add(column.name());
                alter("DROP " + column.name());
            });
        }

        void rename() {
            any().ifPresent(column -> {
                String name = freeName(column.name());
                columns.set(columns.indexOf(column), column.named(name));
                gone.add(column.name());
                alter("RENAME " + column.name() + " TO " + name);
            });
        }

        void widen() {
            List<TableColumn> narrow = columns.stream()
                    .filter(column -> !fixed.contains(column.name()) && WIDER.containsKey(column.type()))
                    .toList();
            if (!narrow.isEmpty()) {
                TableColumn column = draw.pick(narrow);
                TableColumn wide = column.typed(draw.pick(WIDER.get(column.type())));
                columns.set(columns.indexOf(column), wide);
                alter("MODIFY " + wide.declaration());
            }
        }

        void add(TableColumn column) {
            TableColumn added = column.named(freeName(column.name()));
            int after = draw.oneIn(2) ? columns.size() - 1 : draw.below(columns.size());
            alter("ADD (" + added.declaration()
                    + (after == columns.size() - 1
                            ? ""
                            : " AFTER " + columns.get(after).name()) + ")");
            columns.add(after + 1, added);
        }

        private Optional<TableColumn> any() {
            List<TableColumn> free = columns.stream()
                    .filter(column -> !fixed.contains(column.name()))
                    .toList();
            return free.isEmpty() ? Optional.empty() : Optional.of(draw.pick(free));
        }

        /** One that is gone, where there is one and it is so drawn. */
        private String freeName(String like) {
            List<String> free = gone.stream()
                    .filter(name ->
                            columns.stream().noneMatch(column -> column.name().equals(name)))
                    .sorted()
                    .toList();
            return free.isEmpty() || draw.oneIn(2) ? "n" + like.charAt(0) + names++ : draw.pick(free);
        }

        private void alter(String what) {
            statements.add("ALTER TABLE " + table + " " + what);
        }
    }
}
