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
     * @param kinds of all its columns, in their order
     * @param key the columns of its primary key, {@code id} one of them; none if it has none
     */
    record Table(String name, Scope columns, List<Kind> kinds, List<String> key) {}

    private final List<String> statements = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    public RandomTables(Random random) {
        List<String> all = List.copyOf(NastyTable.COLUMNS.keySet());
        // The native lane reads no TIMESTAMP(9); one table is read as it is.
        List<String> read = all.stream().filter(column -> !column.equals("m9")).toList();
        add("plain0", read, "", "", true, random);
        add("nasty0", all, "", "", false, random);
        add("parted", columns(random), " PARTITIONED BY (o1)", "", true, random);
        List<String> options = new ArrayList<>(KEYED_OPTIONS);
        Collections.shuffle(options, random);
        for (int i = 0; i < KEYED; i++) {
            add("keyed" + i, columns(random), "", options.get(i), random.nextInt(4) > 0, random);
        }
        statements.add("CREATE VIEW seen AS SELECT * FROM plain0 WHERE i2 > 0 OR v1 IS NULL");
        Table plain = tables.get(0);
        tables.add(new Table("seen", plain.columns(), plain.kinds(), List.of()));
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
        List<Kind> kinds = new ArrayList<>(List.of(Kind.INT));
        for (String column : columns) {
            declared.add(column + " " + NastyTable.COLUMNS.get(column));
            kinds.add(NastyTable.kind(NastyTable.COLUMNS.get(column)));
            scope.add(kinds.get(kinds.size() - 1), column);
        }
        List<String> key = options.isEmpty() ? List.of() : key(random);
        List<String> all = new ArrayList<>(columns);
        if (key.contains(NastyTable.SECOND_KEY)) {
            declared.add(NastyTable.SECOND_KEY + " STRING");
            kinds.add(Kind.TEXT);
            scope.add(Kind.TEXT, NastyTable.SECOND_KEY);
            all.add(NastyTable.SECOND_KEY);
        }
        if (!key.isEmpty()) {
            declared.add("PRIMARY KEY (" + String.join(", ", key) + ") NOT ENFORCED");
        }
        statements.add("CREATE TABLE " + name + " (" + String.join(", ", declared) + ")" + clauses
                + (options.isEmpty() ? "" : " WITH (" + options + ")"));
        statements.add(NastyTable.insert(name, all, 0, ROWS, mild, random));
        // A second commit: other rows of a table without a key, some of the same in one that has.
        statements.add(NastyTable.insert(name, all, options.isEmpty() ? ROWS : ROWS / 2, ROWS, mild, random));
        tables.add(new Table(name, scope, kinds, key));
    }

    private static List<String> key(Random random) {
        List<String> key = new ArrayList<>(List.of("id"));
        if (random.nextBoolean()) {
            key.add(random.nextInt(2), NastyTable.SECOND_KEY);
        }
        return key;
    }

    /** The statements that make and fill the tables, in order. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    List<Table> tables() {
        return tables;
    }
}
