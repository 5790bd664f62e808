package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.RandomTables.Extent;
import dev.weirhouse.olap.fuzz.TableColumn.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How Paimon keeps a table.
 *
 * @param columns those that it has for its kind's sake, which follow from the id
 * @param key names of columns; none of a table without a primary key
 * @param partition names of columns; none of a table that is not partitioned
 */
record TableKind(List<TableColumn> columns, List<String> key, List<String> partition, Map<String, String> options) {

    /** What becomes of rows of one key. */
    static final List<String> ENGINES = List.of("deduplicate", "partial-update", "aggregation", "first-row");

    /** What data files are written in. */
    static final List<String> FORMATS = List.of("parquet", "orc", "avro");

    static final String ENGINE = "merge-engine";
    static final String FORMAT = "file.format";

    /** A column that every table with a key has, which may tell the newest of its rows. */
    static final String SEQUENCE = "b2";

    /** Without options: Parquet, no key, no partitions. */
    static final TableKind PLAIN = new TableKind(List.of(), List.of(), List.of(), Map.of());

    private static final TableColumn SECOND_KEY =
            new TableColumn("k1", "STRING", List.of("'k0'", "'k1'", "'k2'"), Rule.OF_ID);

    private static final String PARTITION = "p1";

    /**
     * What tables are partitioned by. A path has no place for some of these values as they are. None has a slash: where Paimon
     * looks rows up while it writes, it makes a local file whose name begins with the partition, and fails.
     */
    private static final Map<String, List<String>> PARTITIONS = new LinkedHashMap<>();

    static {
        PARTITIONS.put("STRING", List.of("'01'", "''", "'a:b=%é'"));
        PARTITIONS.put("BOOLEAN", List.of("TRUE", "FALSE"));
        PARTITIONS.put("INT", List.of("7", "0", "-3"));
        PARTITIONS.put("DATE", List.of("DATE '2000-02-29'", "DATE '1969-12-31'", "DATE '9999-12-31'"));
    }

    TableKind {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        partition = List.copyOf(partition);
        options = Map.copyOf(options);
    }

    /** A kind without a key, of files of a format. */
    static TableKind append(String format, Draw draw) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(FORMAT, format);
        if (draw.oneIn(3)) {
            options.put("bucket", "2");
            options.put("bucket-key", TableColumn.ID.name());
        }
        return draw.oneIn(3)
                ? new TableKind(List.of(), List.of(), List.of(), options)
                : new TableKind(List.of(orNull(partition(Rule.OF_ID, draw))), List.of(), List.of(PARTITION), options);
    }

    /**
     * A kind with a primary key.
     *
     * @param values the columns of the table that are no part of its key, among them {@link #SEQUENCE}
     * @param extent of all tables
     */
    static TableKind keyed(String engine, String format, List<TableColumn> values, Extent extent, Draw draw) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(ENGINE, engine);
        options.put(FORMAT, format);
        options.put("bucket", draw.pick(List.of("1", "2", "-1")));
        List<TableColumn> columns = new ArrayList<>();
        List<String> key = new ArrayList<>(List.of(TableColumn.ID.name()));
        if (draw.oneIn(2)) {
            columns.add(SECOND_KEY);
            key.add(draw.below(2), SECOND_KEY.name());
        }
        boolean parted = draw.oneIn(2);
        // A row that comes again belongs to another partition: only where buckets are dynamic.
        boolean moves = parted && extent == Extent.ALL && options.get("bucket").equals("-1") && draw.oneIn(2);
        if (moves) {
            columns.add(orNull(partition(Rule.OF_ID_AND_COMMIT, draw)));
        } else if (parted) {
            columns.add(partition(Rule.OF_ID, draw));
            key.add(draw.below(key.size() + 1), PARTITION);
        }
        if (!engine.equals("first-row")) {
            options.putAll(merging(engine, moves, values, draw));
        }
        return new TableKind(columns, key, parted ? List.of(PARTITION) : List.of(), options);
    }

    /** Options of how rows meet, which no kind has that keeps the first. */
    private static Map<String, String> merging(String engine, boolean moves, List<TableColumn> values, Draw draw) {
        Map<String, String> options = new LinkedHashMap<>();
        if (draw.oneIn(3)) {
            options.put("deletion-vectors.enabled", "true");
        }
        List<TableColumn> others = values.stream()
                .filter(column -> !column.name().equals(SEQUENCE))
                .toList();
        if (!moves && draw.oneIn(3)) {
            options.put("sequence.field", SEQUENCE);
        } else if (engine.equals("partial-update") && draw.oneIn(2)) {
            List<TableColumn> group = draw.some(others, others.size() / 2);
            options.put(
                    "fields." + SEQUENCE + ".sequence-group",
                    group.stream().map(TableColumn::name).collect(Collectors.joining(",")));
            options.putAll(functions(group, draw));
        }
        if (engine.equals("aggregation")) {
            options.putAll(functions(others, draw));
        }
        return options;
    }

    /** Half of the columns are aggregated by a function that takes their types, the others by Paimon's default. */
    private static Map<String, String> functions(List<TableColumn> columns, Draw draw) {
        Map<String, String> options = new LinkedHashMap<>();
        for (TableColumn column : columns) {
            if (draw.oneIn(2)) {
                options.put("fields." + column.name() + ".aggregate-function", draw.pick(functions(column)));
            }
        }
        return options;
    }

    private static List<String> functions(TableColumn column) {
        return switch (column.kind()) {
            case INT, DECIMAL, FLOAT, DOUBLE -> List.of("sum", "sum", "max", "min", "last_value");
            case BOOL -> List.of("bool_and", "bool_or");
            case TEXT ->
                column.type().equals("STRING") ? List.of("listagg", "max", "first_value") : List.of("first_value");
            case BYTES -> List.of("last_value", "first_non_null_value");
            case DATE, TIME, ZONED -> List.of("max", "min", "first_value", "first_non_null_value");
        };
    }

    private static TableColumn partition(Rule rule, Draw draw) {
        String type = draw.pick(List.copyOf(PARTITIONS.keySet()));
        return new TableColumn(PARTITION, type, PARTITIONS.get(type), rule);
    }

    private static TableColumn orNull(TableColumn column) {
        List<String> values = new ArrayList<>(column.values());
        values.add("NULL");
        return new TableColumn(column.name(), column.type(), values, column.rule());
    }

    /**
     * The columns that files of the format can have. ORC has them without NaN, and without infinities of which a sum is NaN: its
     * statistics of NaN are NaN, by which Paimon leaves out files that have the rows wanted of Flink.
     */
    static List<TableColumn> fitting(String format, List<TableColumn> columns) {
        return switch (format) {
            case "avro" ->
                columns.stream()
                        .filter(column -> !column.type().equals("TIMESTAMP(9)"))
                        .toList();
            case "orc" ->
                columns.stream()
                        .map(column -> column.without("NaN").without("'Infinity'"))
                        .toList();
            default -> columns;
        };
    }

    String format() {
        return options.getOrDefault(FORMAT, FORMATS.get(0));
    }

    /** Columns that are said to be something to the table, and stay as they are. */
    Set<String> fixed() {
        Set<String> fixed = new HashSet<>(key);
        fixed.addAll(partition);
        fixed.add(TableColumn.ID.name());
        fixed.add(SEQUENCE);
        options.forEach((name, value) -> {
            if (name.startsWith("fields.")) {
                fixed.add(name.split("\\.")[1]);
                fixed.addAll(List.of(value.split(",")));
            }
        });
        return fixed;
    }

    /** What a CREATE TABLE says after the columns. */
    String clauses() {
        return (partition.isEmpty() ? "" : " PARTITIONED BY (" + String.join(", ", partition) + ")")
                + (options.isEmpty()
                        ? ""
                        : options.entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(option -> "'" + option.getKey() + "' = '" + option.getValue() + "'")
                                .collect(Collectors.joining(", ", " WITH (", ")")));
    }
}
