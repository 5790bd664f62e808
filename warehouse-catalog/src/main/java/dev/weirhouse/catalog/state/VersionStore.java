package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Version;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Which version each name stands for. */
public final class VersionStore {

    private final Jdbi jdbi;
    private final VersionReads reads;
    private final Clock clock;

    VersionStore(Jdbi jdbi, VersionReads reads, Clock clock) {
        this.jdbi = jdbi;
        this.reads = reads;
        this.clock = clock;
    }

    /** The version that a name was pointed at; empty when it stands for the table of that name. */
    public Optional<Version> find(TableName table) {
        return reads.find(table);
    }

    /** All names that were pointed elsewhere, in order. */
    public Map<TableName, Version> all() {
        return jdbi.withHandle(handle -> {
            Map<TableName, Version> found =
                    new TreeMap<>(Comparator.comparing(TableName::database).thenComparing(TableName::table));
            handle.createQuery("SELECT database_name, table_name, physical_table, branch FROM table_version")
                    .map((row, context) -> Map.entry(
                            new TableName(row.getString("database_name"), row.getString("table_name")),
                            new Version(
                                    new TableName(row.getString("database_name"), row.getString("physical_table")),
                                    Optional.ofNullable(row.getString("branch")))))
                    .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
            return found;
        });
    }

    /** Points names at versions, all of them or none. */
    public void point(Map<TableName, Version> targets) {
        jdbi.useTransaction(handle -> targets.forEach((table, version) -> {
            delete(handle, table);
            if (!version.equals(Version.itself(table))) {
                handle.createUpdate(
                                """
                                INSERT INTO table_version (database_name, table_name, physical_table, branch, updated_at)
                                VALUES (:database, :table, :physical, :branch, :now)
                                """)
                        .bind("database", table.database())
                        .bind("table", table.table())
                        .bind("physical", version.physical().table())
                        .bind("branch", version.branch().orElse(null))
                        .bind("now", clock.millis())
                        .execute();
            }
        }));
    }

    /** A name's table was dropped. */
    public void forget(TableName table) {
        jdbi.useHandle(handle -> delete(handle, table));
    }

    /** A database was dropped. */
    public void forgetDatabase(String database) {
        jdbi.useHandle(handle -> handle.createUpdate("DELETE FROM table_version WHERE database_name = :database")
                .bind("database", database)
                .execute());
    }

    private static void delete(Handle handle, TableName table) {
        handle.createUpdate("DELETE FROM table_version WHERE database_name = :database AND table_name = :table")
                .bind("database", table.database())
                .bind("table", table.table())
                .execute();
    }
}
