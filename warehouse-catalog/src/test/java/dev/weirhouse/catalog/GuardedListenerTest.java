package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.flink.StatementTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a listener throws fails no statement, and leaves what is known without it. */
final class GuardedListenerTest {

    private static final StatementUses USES = StatementUses.of(List.of(
            new TableUse(new TableName("db", "a"), "db.a", OptionalLong.of(1), false),
            new TableUse(new TableName("db", "b"), "db.b", OptionalLong.empty(), true)));

    private final List<String> told = new ArrayList<>();
    private final GuardedListener guarded = new GuardedListener();

    /** @param refuses also to hear of the tables */
    private StatementListener listener(Optional<Throwable> thrown, boolean refuses) {
        return new StatementListener() {
            @Override
            public Optional<String> compiled(List<StatementTree> trees, boolean durably) {
                thrown.ifPresent(GuardedListenerTest::sneak);
                return Optional.of("columns");
            }

            @Override
            public Optional<String> unread(StatementUses uses, String reason, boolean durably) {
                if (refuses) {
                    throw new IllegalStateException("no");
                }
                told.add(uses.sources() + " to " + uses.targets() + ": " + reason);
                return Optional.of("tables");
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private Optional<String> compiled(Supplier<List<StatementTree>> trees) {
        return guarded.compiled(trees, USES, true);
    }

    @Test
    void whereColumnsCannotBeToldTablesAre() {
        assertThat(compiled(List::of)).as("nobody listens").isEmpty();
        guarded.listen(listener(Optional.empty(), false));
        assertThat(compiled(List::of)).contains("columns");
        assertThat(compiled(() -> {
                    throw new IllegalStateException("an operator that is new");
                }))
                .contains("tables");
        assertThat(told).singleElement().satisfies(text -> assertThat(text)
                .startsWith("[db.a] to [db.b]: ")
                .contains("an operator that is new"));
        List<Throwable> thrown = List.of(
                new StackOverflowError(),
                new NoSuchMethodError("m"),
                new AssertionError("a"),
                new Exception("checked"));
        for (Throwable each : thrown) {
            guarded.listen(listener(Optional.of(each), false));
            assertThat(compiled(List::of)).as(each.toString()).contains("tables");
        }
        guarded.listen(listener(Optional.of(new IllegalStateException()), true));
        assertThat(compiled(List::of)).isEmpty();
    }
}
