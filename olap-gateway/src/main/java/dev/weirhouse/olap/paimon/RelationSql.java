package dev.weirhouse.olap.paimon;

import dev.weirhouse.olap.paimon.SplitFiles.Stored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.paimon.schema.TableSchema;
import org.apache.paimon.table.SpecialFields;

/**
 * The text that reads a table's rows out of files, in DuckDB's SQL. No key is in two buckets, so the layers of all buckets
 * are put together: one scan a layer, however many buckets there are.
 */
final class RelationSql {

    private static final String SEQUENCE = SpecialFields.SEQUENCE_NUMBER.name();
    private static final String KIND = SpecialFields.VALUE_KIND.name();

    /** Of what a row of a file does to its key: inserts it, or is its new value. */
    private static final String IS_ROW = KIND + " IN (0, 2)";

    /** Paimon keeps names that begin so for itself, so no column has one. */
    private static final String KEY = SpecialFields.KEY_FIELD_PREFIX;

    private final List<ReadColumn> columns;
    private final TableSchema table;
    private final Map<Long, TableSchema> schemas;
    private final Map<Long, Optional<Map<String, String>>> names = new HashMap<>();

    private final List<Path> copies = new ArrayList<>();
    private final List<StoredFile> plain = new ArrayList<>();
    private final List<StoredFile> retracting = new ArrayList<>();
    private final Map<StoredFile, Path> deleted = new LinkedHashMap<>();
    private final List<StoredFile> young = new ArrayList<>();
    private final List<List<StoredFile>> older = new ArrayList<>();
    private boolean unique = true;

    RelationSql(List<ReadColumn> columns, TableSchema table, Map<Long, TableSchema> schemas) {
        this.columns = columns;
        this.table = table;
        this.schemas = schemas;
    }

    /** Whether all files have the columns in a form that is read in place. */
    boolean reads(Stored stored) {
        return stored.plain().stream().allMatch(this::reads)
                && stored.young().stream().allMatch(this::reads)
                && stored.older().stream().flatMap(List::stream).allMatch(this::reads);
    }

    private boolean reads(StoredFile file) {
        return names(file.schemaId()).isPresent();
    }

    private Optional<Map<String, String>> names(long schemaId) {
        return names.computeIfAbsent(schemaId, id -> {
            Set<String> wanted = new LinkedHashSet<>(table.primaryKeys());
            columns.forEach(column -> wanted.add(column.name()));
            return FileColumns.names(table, schemas.get(id), wanted);
        });
    }

    /** A Parquet file that has the wanted columns under the table's names. */
    void addCopy(Path copy) {
        copies.add(copy);
    }

    /** A file some of whose rows are deleted: those whose positions are in the other file. */
    void addDeleted(StoredFile file, Path positions) {
        deleted.put(file, positions);
    }

    void addPlain(StoredFile file) {
        (file.retractions() ? retracting : plain).add(file);
    }

    void addLayers(Stored stored) {
        young.addAll(stored.young());
        unique &= stored.unique();
        for (int i = 0; i < stored.older().size(); i++) {
            if (i == older.size()) {
                older.add(new ArrayList<>());
            }
            older.get(i).addAll(stored.older().get(i));
        }
    }

    String sql() {
        List<String> parts = new ArrayList<>();
        bySchema(plain).forEach((schema, files) -> parts.add(select(schema) + read(files)));
        bySchema(retracting).forEach((schema, files) -> parts.add(select(schema) + read(files) + " WHERE f." + IS_ROW));
        bySchema(List.copyOf(deleted.keySet()))
                .forEach((schema, files) -> parts.add(select(schema) + read(files) + " ANTI JOIN "
                        + list(files.stream().map(deleted::get).toList()) + " d ON f." + FileColumns.FILE + " = d."
                        + FileColumns.FILE + " AND f." + FileColumns.POSITION + " = d." + DeletedPositions.COLUMN));
        if (!young.isEmpty()) {
            parts.add(young());
        }
        for (int i = 0; i < older.size(); i++) {
            parts.add(older(i));
        }
        if (!copies.isEmpty()) {
            Map<String, String> same =
                    columns.stream().collect(Collectors.toMap(ReadColumn::name, ReadColumn::name, (a, b) -> a));
            parts.add("SELECT " + items(same) + " FROM " + list(copies) + " f");
        }
        return parts.isEmpty() ? "SELECT " + items(Map.of()) + " WHERE FALSE" : String.join(" UNION ALL ", parts);
    }

    /** Of each key the newest row. */
    private String young() {
        String layer = layer(young);
        return "SELECT " + columns() + " FROM "
                + (unique
                        ? "(" + layer + ")"
                        : "(SELECT * FROM (" + layer + ") QUALIFY row_number() OVER (PARTITION BY " + keys()
                                + " ORDER BY " + SEQUENCE + " DESC) = 1)")
                + (retracts(young) ? " WHERE " + IS_ROW : "");
    }

    /** The rows whose keys are in no newer layer. */
    private String older(int depth) {
        List<StoredFile> newer = new ArrayList<>(young);
        older.subList(0, depth).forEach(newer::addAll);
        String keysOfNewer = bySchema(newer).entrySet().stream()
                .map(entry -> "SELECT " + keys(names(entry.getKey()).orElseThrow()) + read(entry.getValue()))
                .collect(Collectors.joining(" UNION ALL "));
        List<StoredFile> files = older.get(depth);
        return "SELECT " + columns() + " FROM (" + layer(files) + ") o ANTI JOIN (" + keysOfNewer + ") n USING ("
                + keys() + ")" + (retracts(files) ? " WHERE " + IS_ROW : "");
    }

    private static boolean retracts(List<StoredFile> files) {
        return files.stream().anyMatch(StoredFile::retractions);
    }

    /** The wanted columns with what the merging needs. */
    private String layer(List<StoredFile> files) {
        return bySchema(files).entrySet().stream()
                .map(entry -> {
                    Map<String, String> names = names(entry.getKey()).orElseThrow();
                    return "SELECT " + items(names) + ", " + keys(names) + ", f." + SEQUENCE + ", f." + KIND
                            + read(entry.getValue());
                })
                .collect(Collectors.joining(" UNION ALL "));
    }

    private static Map<Long, List<StoredFile>> bySchema(List<StoredFile> files) {
        return files.stream()
                .collect(Collectors.groupingBy(StoredFile::schemaId, LinkedHashMap::new, Collectors.toList()));
    }

    private String select(long schema) {
        return "SELECT " + items(names(schema).orElseThrow());
    }

    private String items(Map<String, String> names) {
        if (columns.isEmpty()) {
            return "1 AS none";
        }
        return columns.stream()
                .map(column -> {
                    String name = names.get(column.name());
                    return "CAST(" + (name == null ? "NULL" : "f." + quoted(name)) + " AS " + column.type() + ") AS "
                            + quoted(column.name());
                })
                .collect(Collectors.joining(", "));
    }

    private String columns() {
        return columns.isEmpty()
                ? "1 AS none"
                : columns.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
    }

    private String keys() {
        List<String> keys = new ArrayList<>();
        table.primaryKeys().forEach(key -> keys.add(KEY + keys.size()));
        return String.join(", ", keys);
    }

    private String keys(Map<String, String> names) {
        List<String> keys = new ArrayList<>();
        table.primaryKeys().forEach(key -> keys.add("f." + quoted(names.get(key)) + " AS " + KEY + keys.size()));
        return String.join(", ", keys);
    }

    private static String read(List<StoredFile> files) {
        return " FROM " + list(files.stream().map(StoredFile::path).toList()) + " f";
    }

    private static String list(List<Path> files) {
        // The values of partition columns are in the files; the folders' names have them as texts.
        return files.stream()
                .map(file -> "'" + file.toString().replace("'", "''") + "'")
                .collect(Collectors.joining(", ", "read_parquet([", "], hive_partitioning = false)"));
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
