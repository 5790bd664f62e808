package dev.weirhouse.catalog.flink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.state.JobReads;
import dev.weirhouse.catalog.state.PassedOver;
import java.util.Map;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.fs.Path;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaManager;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.FileStoreTableFactory;
import org.apache.paimon.table.sink.BatchTableCommit;
import org.apache.paimon.table.sink.BatchTableWrite;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replaced rows beneath a streaming reader is found, and what can no longer be looked at is not taken for harmless. */
final class OverwritesTest {

    private static final String VERSION = "d.t";

    @TempDir
    private java.nio.file.Path folder;

    private FileStoreTable table;

    @BeforeEach
    void make() throws Exception {
        table = make("t", Schema.newBuilder().column("id", DataTypes.INT()));
    }

    /** Snapshots 1 to 5, of which 3 overwrites. */
    private FileStoreTable make(String name, Schema.Builder schema) throws Exception {
        Path path = new Path(folder.resolve(name).toUri());
        LocalFileIO files = LocalFileIO.create();
        new SchemaManager(files, path)
                .createTable(schema.option("snapshot.num-retained.min", "100").build());
        FileStoreTable made = FileStoreTableFactory.create(files, path);
        for (int snapshot = 1; snapshot <= 5; snapshot++) {
            BatchWriteBuilder builder = made.newBatchWriteBuilder();
            if (snapshot == 3) {
                builder.withOverwrite();
            }
            try (BatchTableWrite write = builder.newWrite();
                    BatchTableCommit commit = builder.newCommit()) {
                write.write(GenericRow.of(snapshot));
                commit.commit(write.prepareCommit());
            }
        }
        return made;
    }

    private static Overwrites lookedUpTo(long snapshot) {
        return new Overwrites(new JobReads(0, Map.of(VERSION, snapshot), Map.of()));
    }

    private static Overwrites never(long since) {
        return new Overwrites(new JobReads(since, Map.of(), Map.of()));
    }

    private void expire(long snapshot) {
        table.fileIO().deleteQuietly(table.snapshotManager().snapshotPath(snapshot));
    }

    @Test
    void theFirstThatWasPassedOverIsFound() throws Exception {
        Overwrites overwrites = lookedUpTo(1);
        assertThat(overwrites.before(table, VERSION, 2)).isEmpty();
        assertThat(overwrites.before(table, VERSION, 5)).contains(new PassedOver(3, true));
        assertThat(overwrites.found()).containsExactly(Map.entry(VERSION, new PassedOver(3, true)));
        assertThat(overwrites.before(table, VERSION, 2))
                .as("an older checkpoint had not come to it")
                .isEmpty();
        assertThat(lookedUpTo(3).before(table, VERSION, 5)).isEmpty();
        assertThat(never(0).before(table, VERSION, 5)).contains(new PassedOver(3, true));
        long later = table.snapshotManager().snapshot(4).timeMillis() + 1;
        assertThat(never(later).before(table, VERSION, 5))
                .as("what was there before the job began is not passed over")
                .isEmpty();
    }

    @Test
    void whatExpiredBeforeItWasLookedAtMayHaveBeenOne() {
        expire(1);
        assertThat(lookedUpTo(1).before(table, VERSION, 2))
                .as("all since the last look is there")
                .isEmpty();
        assertThat(never(0).before(table, VERSION, 2)).contains(new PassedOver(1, false));
        expire(2);
        expire(3);
        Overwrites overwrites = lookedUpTo(1);
        assertThat(overwrites.before(table, VERSION, 5)).contains(new PassedOver(3, false));
        assertThat(overwrites.found()).containsValue(new PassedOver(3, false));
        assertThat(lookedUpTo(3).before(table, VERSION, 5)).isEmpty();
    }

    @Test
    void readersThatReadOverwritesPassNothingOver() throws Exception {
        Schema.Builder schema = Schema.newBuilder()
                .column("id", DataTypes.INT().notNull())
                .primaryKey("id")
                .option("bucket", "1");
        FileStoreTable keyed = make("keyed", schema);
        assertThat(lookedUpTo(1).before(keyed, VERSION, 5)).contains(new PassedOver(3, true));
        FileStoreTable reading = keyed.copy(Map.of("streaming-read-overwrite", "true"));
        assertThat(lookedUpTo(1).before(reading, VERSION, 5)).isEmpty();
    }
}
