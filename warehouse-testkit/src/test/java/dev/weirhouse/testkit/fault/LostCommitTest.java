package dev.weirhouse.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.catalog.CatalogFactory;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.options.Options;
import org.apache.paimon.reader.RecordReader;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.table.Table;
import org.apache.paimon.table.sink.CommitMessage;
import org.apache.paimon.table.sink.StreamTableCommit;
import org.apache.paimon.table.sink.StreamTableWrite;
import org.apache.paimon.table.sink.StreamWriteBuilder;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.types.DataTypes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A commit of a real table whose acknowledgement is lost: the rename that publishes the snapshot takes place and its
 * caller is told that it failed. No key can mend a row written twice, since the table is append only.
 */
final class LostCommitTest {

    private static final int COMMITS = 10;
    private static final int ROWS = 3;
    private static final FileFault LOST_ACKNOWLEDGEMENT =
            FileFault.on(FileOperation.RENAME).matching("**/snapshot-*").afterEffect();

    @TempDir
    private java.nio.file.Path folder;

    @TestFactory
    Stream<DynamicTest> paimonFindsOutThatItsCommitHappened() {
        return SeededFaults.tests(5, faults -> {
            try (Orders orders = new Orders(faults, Map.of())) {
                loseSome(orders, faults);
                for (int commit = 0; commit < COMMITS; commit++) {
                    orders.commitOnce("writer", commit);
                }
                assertThat(orders.files.injected()).isNotEmpty();
                assertThat(orders.read()).containsExactlyElementsOf(rowsOf(COMMITS));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aWriterThatLooksBeforeItCommitsAgainLosesAndDoublesNothing() {
        return SeededFaults.tests(5, faults -> {
            try (Orders orders = new Orders(faults, Map.of("commit.max-retries", "0"))) {
                loseSome(orders, faults);
                for (int commit = 0; commit < COMMITS; commit++) {
                    List<CommitMessage> written = orders.write("writer", commit);
                    if (!orders.commit("writer", commit, written)) {
                        orders.commitIfMissing("writer", commit, written);
                    }
                }
                assertThat(orders.files.injected()).isNotEmpty();
                assertThat(orders.read()).containsExactlyElementsOf(rowsOf(COMMITS));
            }
        });
    }

    /** The other half of the two tests above: without recovery, the same fault does harm. */
    @Test
    void aWriterThatSimplyTriesAgainDoublesItsRows() {
        SeededFaults.run(faults -> {
            try (Orders orders = new Orders(faults, Map.of("commit.max-retries", "0"))) {
                orders.files.fail(LOST_ACKNOWLEDGEMENT.atCall(1), faults);
                assertThat(orders.commit("first", 0, orders.write("first", 0))).isFalse();
                assertThat(orders.commit("second", 0, orders.write("second", 0)))
                        .isTrue();
                assertThat(orders.read()).containsExactly(0L, 0L, 1L, 1L, 2L, 2L);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> whateverFailsEarlierLeavesTheTableAsItWas() {
        return SeededFaults.tests(10, faults -> {
            // A writer in the background, once failed, lets its flush wait for ten seconds.
            Map<String, String> options = Map.of("commit.max-retries", "0", "async-file-write", "false");
            try (Orders orders = new Orders(faults, options)) {
                orders.commitOnce("writer", 0);
                orders.files.fail(
                        FileFault.on(FileOperation.CREATE, FileOperation.WRITE, FileOperation.FINISH)
                                .atCall(faults.between(1, 4)),
                        faults);
                assertThatThrownBy(() -> orders.commitOnce("writer", 1)).matches(InjectedFault::caused);
                orders.files.heal();
                assertThat(orders.read()).containsExactlyElementsOf(rowsOf(1));
                orders.commitOnce("writer", 1);
                assertThat(orders.read()).containsExactlyElementsOf(rowsOf(2));
            }
        });
    }

    /** Loses one acknowledgement for certain and others by chance. */
    private static void loseSome(Orders orders, SeededFaults faults) {
        orders.files.fail(LOST_ACKNOWLEDGEMENT.atCall(faults.between(1, COMMITS + 1)), faults);
        orders.files.fail(LOST_ACKNOWLEDGEMENT.withProbability(0.3), faults);
    }

    private static List<Long> rowsOf(int commits) {
        return LongStream.range(0, (long) commits * ROWS).boxed().toList();
    }

    /** An append-only table of one column on a failing file system; each commit adds three rows. */
    private final class Orders implements AutoCloseable {

        private static final Identifier NAME = Identifier.create("ods", "orders");

        private final FailingFileSystem files;
        private final Catalog catalog;
        private final Table table;

        Orders(SeededFaults faults, Map<String, String> options) throws Exception {
            files = FailingFileSystem.open(folder.resolve(Long.toString(faults.seed())));
            Options catalogOptions = new Options();
            catalogOptions.set("warehouse", files.uri());
            catalog = CatalogFactory.createCatalog(CatalogContext.create(catalogOptions));
            catalog.createDatabase(NAME.getDatabaseName(), false);
            Schema schema = Schema.newBuilder()
                    .column("id", DataTypes.BIGINT())
                    .option("bucket", "-1")
                    .options(options)
                    .build();
            catalog.createTable(NAME, schema, false);
            table = catalog.getTable(NAME);
        }

        private StreamWriteBuilder writer(String user) {
            return table.newStreamWriteBuilder().withCommitUser(user);
        }

        List<CommitMessage> write(String user, long commit) throws Exception {
            try (StreamTableWrite write = writer(user).newWrite()) {
                for (long row = commit * ROWS; row < (commit + 1) * ROWS; row++) {
                    write.write(GenericRow.of(row));
                }
                return write.prepareCommit(true, commit);
            }
        }

        /** Commits and tells whether that was acknowledged. */
        boolean commit(String user, long commit, List<CommitMessage> written) throws Exception {
            try (StreamTableCommit commits = writer(user).newCommit()) {
                commits.commit(commit, written);
                return true;
            } catch (RuntimeException e) {
                if (!InjectedFault.caused(e)) {
                    throw e;
                }
                return false;
            }
        }

        /** Commits what the table does not hold yet. */
        void commitIfMissing(String user, long commit, List<CommitMessage> written) throws Exception {
            try (StreamTableCommit commits = writer(user).newCommit()) {
                assertThat(commits.filterAndCommit(Map.of(commit, written))).isZero();
            }
        }

        void commitOnce(String user, long commit) throws Exception {
            List<CommitMessage> written = write(user, commit);
            try (StreamTableCommit commits = writer(user).newCommit()) {
                commits.commit(commit, written);
            }
        }

        List<Long> read() throws Exception {
            ReadBuilder builder = table.newReadBuilder();
            List<Long> ids = new ArrayList<>();
            try (RecordReader<InternalRow> reader =
                    builder.newRead().createReader(builder.newScan().plan())) {
                reader.forEachRemaining(row -> ids.add(row.getLong(0)));
            }
            return ids.stream().sorted().toList();
        }

        @Override
        public void close() throws Exception {
            catalog.close();
            files.close();
        }
    }
}
