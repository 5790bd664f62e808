package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tables of all kinds with nasty values, drawn from a seed: their statements, and what queries may ask of them. Each has two
 * commits, and between them its columns may change. Some are also read at their first commit, at a tag of it, and in a
 * branch from there.
 */
public final class RandomTables {

    /** How many rows one commit has. */
    static final int ROWS = 24;

    /** How many columns a table has beside one of each kind, where these are others. */
    private static final int MORE_COLUMNS = 4;

    private static final String TAG = "first";
    private static final String BRANCH = "b";

    /** The zones of sessions: with and without summer time, of odd minutes, and one that left out a day. */
    private static final List<String> TIME_ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "America/St_Johns",
            "Asia/Kolkata",
            "Pacific/Apia",
            "Pacific/Kiritimati");

    /** How many tables one seed draws. */
    public enum Extent {
        /** Where making tables must not take long. No row moves to another partition: Flink would need RocksDB for it. */
        FEW(1, 3, 1),
        /** Every merge engine and every file format, and tags and branches of several. */
        ALL(3, 6, 4);

        private final int appends;
        private final int keyed;
        private final int tagged;

        Extent(int appends, int keyed, int tagged) {
            this.appends = appends;
            this.keyed = keyed;
            this.tagged = tagged;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Draw draw;
    private final String database;
    private final String timeZone;
    private final List<String> statements = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();

    /** @param database the one in which the statements will run */
    public RandomTables(Random random, Extent extent, String database) {
        this.draw = new Draw(random);
        this.database = requireNonNull(database, "database is null");
        this.timeZone = draw.pick(TIME_ZONES);
        // What most queries are of: natively all of the one can be read, and the other has all types.
        Table plain = unchanged("plain0", NastyTable.READ, true);
        unchanged("nasty0", List.copyOf(NastyTable.COLUMNS.keySet()), false);
        statements.add("CREATE VIEW seen AS SELECT * FROM plain0 WHERE i2 > 0 OR v1 IS NULL");
        tables.add(plain.named("seen"));
        List<Integer> tagged = draw.some(
                IntStream.range(0, extent.appends + extent.keyed).boxed().toList(), extent.tagged);
        List<String> formats = draw.each(TableKind.FORMATS, extent.appends);
        for (int i = 0; i < extent.appends; i++) {
            List<TableColumn> values = values(formats.get(i), draw.oneIn(2));
            TableKind kind = TableKind.append(formats.get(i), draw);
            add("append" + i, values, kind, tagged.contains(i));
        }
        formats = draw.each(TableKind.FORMATS, extent.keyed);
        List<String> engines = draw.each(TableKind.ENGINES, extent.keyed);
        for (int i = 0; i < extent.keyed; i++) {
            List<TableColumn> values = values(formats.get(i), !draw.oneIn(4));
            TableKind kind = TableKind.keyed(engines.get(i), formats.get(i), values, extent, draw);
            add("keyed" + i, values, kind, tagged.contains(extent.appends + i));
        }
    }

    /** Columns that files of the format can have: of each kind one and a few more, mostly such as the native lane reads. */
    private List<TableColumn> values(String format, boolean mild) {
        Set<String> names = new LinkedHashSet<>(List.of(TableKind.SEQUENCE));
        Map<Kind, List<String>> byKind = NastyTable.READ.stream()
                .collect(Collectors.groupingBy(
                        name -> NastyTable.column(name, mild).kind(),
                        () -> new EnumMap<>(Kind.class),
                        Collectors.toList()));
        byKind.values().forEach(some -> names.add(draw.pick(some)));
        names.addAll(draw.some(NastyTable.READ, MORE_COLUMNS));
        if (draw.oneIn(3)) {
            names.add(draw.pick(NastyTable.NOT_READ));
        }
        return columns(List.copyOf(names), format, mild);
    }

    private static List<TableColumn> columns(List<String> names, String format, boolean mild) {
        return TableKind.fitting(
                format,
                names.stream().map(name -> NastyTable.column(name, mild)).toList());
    }

    /** A table without a key whose columns stay as they are. */
    private Table unchanged(String name, List<String> names, boolean mild) {
        List<TableColumn> columns = new ArrayList<>(List.of(TableColumn.ID));
        columns.addAll(columns(names, TableKind.PLAIN.format(), mild));
        create(name, columns, TableKind.PLAIN);
        insert(name, columns, first());
        insert(name, columns, second(TableKind.PLAIN));
        Table table = Table.of(name, columns, List.of());
        tables.add(table);
        return table;
    }

    private void add(String name, List<TableColumn> values, TableKind kind, boolean tagged) {
        List<TableColumn> columns = new ArrayList<>(List.of(TableColumn.ID));
        columns.addAll(values);
        kind.columns().forEach(column -> columns.add(1 + draw.below(columns.size()), column));
        create(name, columns, kind);
        insert(name, columns, first());
        if (tagged) {
            statements.add("CALL sys.create_tag('%s.%s', '%s')".formatted(database, name, TAG));
        }
        List<TableColumn> changed = draw.oneIn(2) ? columns : change(name, columns, kind);
        insert(name, changed, second(kind));
        Table table = Table.of(name, changed, kind.key());
        tables.add(table);
        if (draw.oneIn(2)) {
            tables.add(table.at("scan.snapshot-id", draw.pick(List.of("1", "2"))));
        }
        if (tagged) {
            tables.add(table.at("scan.tag-name", TAG));
            branch(name, columns, kind);
        }
    }

    private List<TableColumn> change(String name, List<TableColumn> columns, TableKind kind) {
        List<TableColumn> more = columns(List.copyOf(NastyTable.COLUMNS.keySet()), kind.format(), draw.oneIn(2));
        SchemaChange change = SchemaChange.of(name, columns, kind.fixed(), more, draw);
        statements.addAll(change.statements());
        return change.columns();
    }

    /** A branch has the columns that its table had at the tag. */
    private void branch(String name, List<TableColumn> columns, TableKind kind) {
        statements.add("CALL sys.create_branch('%s.%s', '%s', '%s')".formatted(database, name, BRANCH, TAG));
        Table branch = Table.of("`" + name + "$branch_" + BRANCH + "`", columns, kind.key());
        insert(branch.name(), columns, second(kind));
        tables.add(branch);
        if (draw.oneIn(2)) {
            tables.add(branch.at("scan.tag-name", TAG));
        }
    }

    private void create(String name, List<TableColumn> columns, TableKind kind) {
        List<String> declared =
                new ArrayList<>(columns.stream().map(TableColumn::declaration).toList());
        if (!kind.key().isEmpty()) {
            declared.add("PRIMARY KEY (" + String.join(", ", kind.key()) + ") NOT ENFORCED");
        }
        statements.add("CREATE TABLE " + name + " (" + String.join(", ", declared) + ")" + kind.clauses());
    }

    private void insert(String name, List<TableColumn> columns, Commit commit) {
        statements.add(commit.into(name, columns, draw));
    }

    private static Commit first() {
        return new Commit(0, 0, ROWS);
    }

    /** Other rows of a table without a key, some of the same in one that has. */
    private static Commit second(TableKind kind) {
        return new Commit(1, kind.key().isEmpty() ? ROWS : ROWS / 2, ROWS);
    }

    /** The statements that make and fill the tables, in order. */
    public List<String> statements() {
        return List.copyOf(statements);
    }

    /** The statements without the rows, to be shown. */
    public List<String> definitions() {
        return statements.stream()
                .filter(statement -> !statement.startsWith("INSERT"))
                .toList();
    }

    /** Settings of the sessions in which queries are compared, and the tables filled. */
    public Map<String, String> settings() {
        return Map.of("table.local-time-zone", timeZone);
    }

    List<Table> tables() {
        return List.copyOf(tables);
    }
}
