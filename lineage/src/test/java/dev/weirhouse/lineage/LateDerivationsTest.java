package dev.weirhouse.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.StatementUses;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import dev.weirhouse.catalog.state.StateStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a statement derives from, while the state store is busy. */
final class LateDerivationsTest {

    @TempDir
    private Path home;

    private static StatementUses uses(String from) {
        return StatementUses.of(List.of(
                new TableUse(new TableName("db", from), "db." + from, OptionalLong.of(1), false),
                new TableUse(new TableName("db", "out"), "db.out", OptionalLong.empty(), true)));
    }

    @Test
    void aStoreThatIsBusyIsWaitedForOnceAndToldLater() throws Exception {
        Path file = home.resolve("state.db");
        try (StateStore store = StateStore.open(file, Clock.systemUTC());
                Derivations derivations = new Derivations(store.jdbi(), Clock.systemUTC())) {
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                assertThat(derivations.unread(uses("a"), "why", true)).isPresent();
                long began = System.nanoTime();
                for (int i = 0; i < 100; i++) {
                    assertThat(derivations.unread(uses("t" + i), "why", true)).isPresent();
                }
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
                statement.execute("COMMIT");
            }
            derivations.writeWaiting();
            assertThat(edges(store)).hasSize(101).contains("db.out < db.a why");
            derivations.unread(uses("b"), "why", true);
            assertThat(edges(store)).as("the store is asked at once again").contains("db.out < db.b why");
        }
    }

    @Test
    void whatWaitsIsWrittenAtTheEnd() {
        Path file = home.resolve("state.db");
        try (StateStore store = StateStore.open(file, Clock.systemUTC())) {
            try (Derivations derivations = new Derivations(store.jdbi(), Clock.systemUTC())) {
                store.jdbi()
                        .useHandle(handle -> handle.execute("CREATE TRIGGER refuse BEFORE INSERT ON derivation BEGIN"
                                + " SELECT RAISE(ABORT, 'the disk is full'); END"));
                derivations.unread(uses("a"), "why", true);
                derivations.writeWaiting();
                assertThat(edges(store)).isEmpty();
                store.jdbi().useHandle(handle -> handle.execute("DROP TRIGGER refuse"));
            }
            assertThat(edges(store)).containsExactly("db.out < db.a why");
        }
    }

    private static List<String> edges(StateStore store) {
        return store.jdbi().withHandle(handle -> handle.createQuery(
                        "SELECT target || ' < ' || source || ' ' || reason FROM derivation_column ORDER BY 1")
                .mapTo(String.class)
                .list());
    }
}
