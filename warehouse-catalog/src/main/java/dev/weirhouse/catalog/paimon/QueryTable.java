package dev.weirhouse.catalog.paimon;

import com.fasterxml.uuid.impl.UUIDUtil;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.Snapshot;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.predicate.PredicateBuilder;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.StreamTableCommit;
import org.apache.paimon.table.sink.StreamTableWrite;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.types.DataTypes;

/**
 * The table of logged queries, of which this process is one writer: partitioned by day, its files compacted on the way. Not
 * thread-safe.
 */
public final class QueryTable implements AutoCloseable {

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd").withZone(ZoneOffset.UTC);

    private final FileStoreTable table;
    private final String writer;
    private final IOManager disk;
    private final StreamTableWrite write;
    private final StreamTableCommit commit;

    private QueryTable(FileStoreTable table, String writer, String folder) {
        this.table = table;
        this.writer = writer;
        this.disk = IOManager.create(folder);
        this.write = table.newWrite(writer);
        this.write.withIOManager(disk);
        this.commit = table.newCommit(writer);
    }

    /**
     * Makes the table if it is not there.
     *
     * @param retention for how long a day's queries are kept
     */
    public static void create(Catalog catalog, String database, String name, Duration retention) {
        Map<String, String> options = new HashMap<>(Map.of(
                CoreOptions.BUCKET.key(),
                "1",
                CoreOptions.BUCKET_KEY.key(),
                "query_id",
                CoreOptions.FILE_FORMAT.key(),
                "parquet",
                // Compaction reads and writes the youngest file again and again, until it is this large.
                CoreOptions.TARGET_FILE_SIZE.key(),
                "16 mb",
                CoreOptions.SNAPSHOT_TIME_RETAINED.key(),
                "10 min",
                CoreOptions.PARTITION_TIMESTAMP_FORMATTER.key(),
                "yyyy-MM-dd"));
        // A day is counted from its beginning, and in the zone of whoever expires it.
        String kept = retention.plusDays(2).toSeconds() + " s";
        options.put(CoreOptions.PARTITION_EXPIRATION_TIME.key(), kept);
        Schema schema = Schema.newBuilder()
                .column("query_id", DataTypes.STRING().notNull())
                .column("session_id", DataTypes.STRING())
                .column("principal", DataTypes.STRING().notNull())
                .column("source", DataTypes.STRING().notNull())
                .column("tags", DataTypes.STRING().notNull())
                .column("door", DataTypes.STRING().notNull())
                .column("dialect", DataTypes.STRING().notNull())
                .column("kind", DataTypes.STRING().notNull())
                .column("sql_text", DataTypes.STRING().notNull())
                .column("shape", DataTypes.STRING().notNull())
                .column("lane", DataTypes.STRING().notNull())
                .column("answered_by", DataTypes.STRING())
                .column("cut", DataTypes.STRING().notNull())
                .column("derivation_id", DataTypes.STRING())
                .column("state", DataTypes.STRING().notNull())
                .column(
                        "started_at",
                        DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3).notNull())
                .column(
                        "finished_at",
                        DataTypes.TIMESTAMP_WITH_LOCAL_TIME_ZONE(3).notNull())
                .column("row_count", DataTypes.BIGINT())
                .column("error_code", DataTypes.STRING())
                .column("error", DataTypes.STRING())
                .column("dt", DataTypes.STRING().notNull())
                .partitionKeys("dt")
                .options(options)
                .build();
        try {
            catalog.createDatabase(database, true);
            Identifier table = Identifier.create(database, name);
            catalog.createTable(table, schema, true);
            String option = CoreOptions.PARTITION_EXPIRATION_TIME.key();
            if (!kept.equals(catalog.getTable(table).options().get(option))) {
                catalog.alterTable(table, List.of(SchemaChange.setOption(option, kept)), false);
            }
        } catch (Catalog.DatabaseAlreadyExistException
                | Catalog.TableAlreadyExistException
                | Catalog.DatabaseNotExistException
                | Catalog.TableNotExistException
                | Catalog.ColumnAlreadyExistException
                | Catalog.ColumnNotExistException e) {
            throw new IllegalStateException("the table " + database + "." + name + " cannot be made", e);
        }
    }

    /**
     * Opens the table for one writer.
     *
     * @param writer the name that its commits bear
     * @param folder where it may keep what it has no memory for
     */
    public static QueryTable open(Catalog catalog, String database, String name, String writer, String folder) {
        try {
            return new QueryTable((FileStoreTable) catalog.getTable(Identifier.create(database, name)), writer, folder);
        } catch (Catalog.TableNotExistException e) {
            throw new IllegalStateException("the table " + database + "." + name + " is gone", e);
        }
    }

    /** The number of the writer's last commit; 0 for none, or none that is still kept. */
    public long lastCommit() {
        Optional<Snapshot> last = table.snapshotManager().latestSnapshotOfUser(writer);
        return last.map(Snapshot::commitIdentifier).orElse(0L);
    }

    /**
     * Adds queries as one commit, with the compaction that they give occasion to: none goes on in the background, and none is
     * under way when the table is closed.
     *
     * @param number greater than that of the commit before
     */
    public void append(Stream<LoggedQuery> queries, long number) throws Exception {
        for (var rows = queries.iterator(); rows.hasNext(); ) {
            write.write(row(rows.next()));
        }
        commit.commit(number, write.prepareCommit(true, number));
    }

    /** The query of an id, if it is there. */
    public static Optional<LoggedQuery> find(Catalog catalog, String database, String name, String id) {
        try {
            FileStoreTable table = (FileStoreTable) catalog.getTable(Identifier.create(database, name));
            PredicateBuilder is = new PredicateBuilder(table.rowType());
            int day = table.rowType().getFieldIndex("dt");
            // The id tells when it was made; the query may say that it began a little earlier.
            Instant made = Instant.ofEpochMilli(UUIDUtil.extractTimestamp(UUID.fromString(id)));
            ReadBuilder builder = table.newReadBuilder()
                    .withFilter(List.of(
                            is.equal(0, text(id)),
                            is.between(
                                    day,
                                    text(DAY.format(made.minus(Duration.ofDays(1)))),
                                    text(DAY.format(made.plus(Duration.ofDays(1)))))));
            try (var rows = builder.newRead()
                    .executeFilter()
                    .createReader(builder.newScan().plan())
                    .toCloseableIterator()) {
                return rows.hasNext() ? Optional.of(query(rows.next())) : Optional.empty();
            }
        } catch (Catalog.TableNotExistException | IllegalArgumentException e) {
            // Of no id that was ever given.
            return Optional.empty();
        } catch (Exception e) {
            throw new IllegalStateException("the query " + id + " cannot be looked for", e);
        }
    }

    private static LoggedQuery query(InternalRow row) {
        return new LoggedQuery(
                row.getString(0).toString(),
                Lane.valueOf(row.getString(10).toString()),
                found(row, 1),
                new Caller(
                        row.getString(2).toString(),
                        row.getString(3).toString(),
                        row.getString(4).toString().isEmpty()
                                ? List.of()
                                : List.of(row.getString(4).toString().split(",")),
                        Door.valueOf(row.getString(5).toString())),
                Dialect.valueOf(row.getString(6).toString()),
                StatementKind.valueOf(row.getString(7).toString()),
                row.getString(8).toString(),
                row.getString(9).toString(),
                found(row, 11).map(AnsweredBy::valueOf),
                row.getString(12).toString(),
                found(row, 13),
                RunState.valueOf(row.getString(14).toString()),
                row.getTimestamp(15, 3).getMillisecond(),
                row.getTimestamp(16, 3).getMillisecond(),
                row.isNullAt(17) ? OptionalLong.empty() : OptionalLong.of(row.getLong(17)),
                found(row, 18),
                found(row, 19));
    }

    private static Optional<String> found(InternalRow row, int column) {
        return row.isNullAt(column)
                ? Optional.empty()
                : Optional.of(row.getString(column).toString());
    }

    private static GenericRow row(LoggedQuery query) {
        return GenericRow.of(
                text(query.id()),
                text(query.sessionId()),
                text(query.caller().principal()),
                text(query.caller().source()),
                text(String.join(",", query.caller().tags())),
                text(query.caller().door().name()),
                text(query.dialect().name()),
                text(query.kind().name()),
                text(query.statement()),
                text(query.shape()),
                text(query.lane().name()),
                text(query.answeredBy().map(Enum::name)),
                text(query.cut()),
                text(query.derivation()),
                text(query.state().name()),
                Timestamp.fromEpochMillis(query.startedAt()),
                Timestamp.fromEpochMillis(query.finishedAt()),
                query.rows().isPresent() ? query.rows().getAsLong() : null,
                text(query.errorCode()),
                text(query.error()),
                text(DAY.format(Instant.ofEpochMilli(query.startedAt()))));
    }

    private static BinaryString text(String value) {
        return BinaryString.fromString(value);
    }

    private static BinaryString text(Optional<String> value) {
        return BinaryString.fromString(value.orElse(null));
    }

    @Override
    public void close() throws Exception {
        try (disk;
                commit) {
            write.close();
        }
    }
}
