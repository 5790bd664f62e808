package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.testkit.fault.FailingFileSystem;
import dev.weirhouse.testkit.fault.FileFault;
import dev.weirhouse.testkit.fault.FileOperation;
import dev.weirhouse.testkit.fault.SeededFaults;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@WarehouseTest
final class TestWarehouseTest {

    private final TestWarehouse warehouse;

    TestWarehouseTest(TestWarehouse warehouse) {
        this.warehouse = warehouse;
    }

    @BeforeAll
    static void makeTable(TestWarehouse warehouse) throws Exception {
        warehouse.run("CREATE TABLE orders (id BIGINT, price DECIMAL(10, 2)) WITH ('bucket' = '-1')");
    }

    @Test
    void everyClassHasADatabaseOfItsOwn() throws Exception {
        assertThat(warehouse.database()).isEqualTo("test_warehouse_test");
        assertThat(warehouse.run("SHOW TABLES").rows()).containsExactly(List.of("orders"));
        try (Session session = warehouse.open("alice", Gate.Mode.BATCH)) {
            assertThat(session.currentDatabase()).isEqualTo(warehouse.database());
            assertThat(session.caller().principal()).isEqualTo("alice");
        }
    }

    @Test
    void aLostAcknowledgementLosesAndDoublesNothing() throws Exception {
        warehouse.run("CREATE TABLE log (id BIGINT) WITH ('bucket' = '-1')");
        SeededFaults.run(faults -> {
            FailingFileSystem files = warehouse.files();
            int before = files.injected().size();
            files.fail(
                    FileFault.on(FileOperation.RENAME)
                            .matching("**/log/snapshot/snapshot-*")
                            .atCall(1)
                            .afterEffect(),
                    faults);
            warehouse.run("INSERT INTO log VALUES (1), (2)");
            warehouse.run("INSERT INTO log VALUES (3)");
            files.heal();
            assertThat(files.injected()).hasSize(before + 1);
            assertThat(warehouse.run("SELECT id FROM log ORDER BY id").rows())
                    .containsExactly(List.of("1"), List.of("2"), List.of("3"));
        });
    }

    @Test
    void whatAClassLeavesBehindIsNamed() {
        Leftovers leftovers = Leftovers.before(warehouse.warehouse(), List.of("weir-left-"));
        leftovers.check(Duration.ZERO);
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> await(end), "weir-left-1");
        thread.start();
        try (Session session = warehouse.open("alice", Gate.Mode.BATCH)) {
            assertThatThrownBy(() -> leftovers.check(Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("threads: Thread[weir-left-1")
                    .hasMessageContaining("sessions: " + session.id());
        } finally {
            end.countDown();
        }
        leftovers.check(Duration.ofSeconds(10));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Nested
    final class Inside {

        @Test
        void sharesTheDatabase(TestWarehouse inner) {
            assertThat(inner).isSameAs(warehouse);
        }
    }

    @Test
    void databasesAreNamedAfterClasses() {
        assertThat(WarehouseExtension.databaseOf(TestWarehouseTest.class)).isEqualTo("test_warehouse_test");
        assertThat(WarehouseExtension.databaseOf(Inside.class)).isEqualTo("inside");
    }
}
