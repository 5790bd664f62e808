package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Tables of all kinds with nasty values, drawn from a seed: their statements, and what queries may ask of them. */
public final class RandomTables {

    /** How many kinds of tables with a primary key one seed draws. */
    private static final int KEYED = 3;

    /** How many one commit has. */
    static final int ROWS = 24;

    private static final int COLUMNS = 11;

    private static final List<String> KEYED_OPTIONS = List.of(
            "'bucket' = '2'",
            "'bucket' = '1', 'merge-engine' = 'partial-update'",
            "'bucket' = '1', 'merge-engine' = 'aggregation'",
            "'bucket' = '1', 'merge-engine' = 'first-row'",
            "'bucket' = '1', 'deletion-vectors.enabled' = 'true'",
            "'bucket' = '1', 'sequence.field' = 'b2'",
            "'bucket' = '-1'",
            "'bucket' = '1', 'file.format' = 'orc'");

    /**
     * A table.
     *
     * @param columns by kind, without {@code id}, which no two rows share
     * @param isKeyed whether {@code id} is its primary key
     */
    record Table(String name, Scope columns, boolean isKeyed) {}

    private final List<String> statements = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    public RandomTables(Random random) {
        List<String> all = List.copyOf(NastyTable.COLUMNS.keySet());
        add("plain0", all, "", "", true, random);
        add("nasty0", all, "", "", false, random);
        add("parted", columns(random), " PARTITIONED BY (o1)", "", true, random);
        List<String> options = new ArrayList<>(KEYED_OPTIONS);
        Collections.shuffle(options, random);
        for (int i = 0; i < KEYED; i++) {
            add("keyed" + i, columns(random), "", options.get(i), random.nextInt(4) > 0, random);
        }
        statements.add("CREATE VIEW seen AS SELECT * FROM plain0 WHERE i2 > 0 OR v1 IS NULL");
        tables.add(new Table("seen", tables.get(0).columns(), false));
    }

    private static List<String> columns(Random random) {
        List<String> columns = new ArrayList<>(NastyTable.COLUMNS.keySet());
        columns.removeAll(List.of("o1", "b2"));
        Collections.shuffle(columns, random);
        List<String> some = new ArrayList<>(columns.subList(0, COLUMNS));
        some.add("o1");
        some.add("b2");
        return some;
    }

    private void add(String name, List<String> columns, String clauses, String options, boolean mild, Random random) {
        Scope scope = new Scope();
        List<String> declared = new ArrayList<>(List.of("id INT"));
        for (String column : columns) {
            declared.add(column + " " + NastyTable.COLUMNS.get(column));
            NastyTable.kind(NastyTable.COLUMNS.get(column)).ifPresent(kind -> scope.add(kind, column));
        }
        if (!options.isEmpty()) {
            declared.add("PRIMARY KEY (id) NOT ENFORCED");
        }
        statements.add("CREATE TABLE " + name + " (" + String.join(", ", declared) + ")" + clauses
                + (options.isEmpty() ? "" : " WITH (" + options + ")"));
        statements.add(NastyTable.insert(name, columns, 0, ROWS, mild, random));
        // A second commit: other rows of a table without a key, some of the same in one that has.
        statements.add(NastyTable.insert(name, columns, options.isEmpty() ? ROWS : ROWS / 2, ROWS, mild, random));
        tables.add(new Table(name, scope, !options.isEmpty()));
    }

    /** The statements that make and fill the tables, in order. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    List<Table> tables() {
        return tables;
    }
}
