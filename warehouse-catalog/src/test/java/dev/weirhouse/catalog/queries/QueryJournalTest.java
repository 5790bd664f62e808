package dev.weirhouse.catalog.queries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was added is there after the process died, but for a line that it was writing. */
final class QueryJournalTest {

    @TempDir
    private Path folder;

    private static LoggedQuery query(String id, String text) {
        return new LoggedQuery(
                id,
                Lane.OLAP,
                Optional.of("session"),
                new Caller("ana", "test", List.of("a", "b,c"), Door.FLIGHT),
                Dialect.HIVE,
                StatementKind.QUERY,
                text,
                "shape",
                Optional.of(AnsweredBy.NATIVE),
                "dw.t=dw.t@3",
                Optional.empty(),
                RunState.FINISHED,
                1,
                2,
                OptionalLong.of(9),
                Optional.of("WEIR-1"),
                Optional.empty());
    }

    private static List<LoggedQuery> read(QueryJournal journal, long file) throws Exception {
        try (Stream<LoggedQuery> queries = journal.read(file)) {
            return queries.toList();
        }
    }

    @Test
    void queriesComeBackAsTheyWere() throws Exception {
        List<LoggedQuery> queries = List.of(
                query("1", "SELECT '\n\r\t\"\\ \u2028 straße 😀'"), query("2", "x".repeat(1_000_000)), query("3", ""));
        try (QueryJournal journal = QueryJournal.open(folder)) {
            journal.add(queries);
            List<Long> files = journal.end();
            assertThat(files).containsExactly(1L);
            assertThat(read(journal, 1)).isEqualTo(queries);
            journal.written(1);
            assertThat(journal.end()).isEmpty();
            journal.add(queries);
            assertThat(journal.end()).containsExactly(2L);
        }
    }

    @Test
    void halfACharacterDoesNotKeepOthersOut() throws Exception {
        try (QueryJournal journal = QueryJournal.open(folder)) {
            journal.add(List.of(query("1", "SELECT '\ud83d'"), query("2", "SELECT 2")));
            journal.end();
            assertThat(read(journal, 1)).extracting(LoggedQuery::statement).containsExactly("SELECT '?'", "SELECT 2");
        }
    }

    /** What another process reads at any moment is what it finds when this one was killed then. */
    @Test
    void whichFileWasWrittenLastIsWholeAtEveryMoment() throws Exception {
        try (QueryJournal journal = QueryJournal.open(folder)) {
            journal.written(1);
            AtomicBoolean done = new AtomicBoolean();
            Future<Long> looks = CompletableFuture.supplyAsync(() -> {
                long count = 0;
                try {
                    for (long seen = 0; !done.get(); count++) {
                        long last = journal.last();
                        assertThat(last).isGreaterThanOrEqualTo(seen);
                        seen = last;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return count;
            });
            for (int file = 2; file <= 2_000 && !looks.isDone(); file++) {
                journal.written(file);
            }
            done.set(true);
            assertThat(looks.get()).isPositive();
        }
    }

    @Test
    void aTornLineIsLeftOutWhereverItIsTorn() throws Exception {
        QueryJournal dead = QueryJournal.open(folder);
        dead.add(List.of(query("1", "SELECT 1")));
        dead.add(List.of(query("2", "SELECT 'straße 😀'")));
        Path file = folder.resolve("%019d.jsonl".formatted(1));
        byte[] whole = Files.readAllBytes(file);
        int first = Files.readAllLines(file).get(0).length();
        long seed = new Random().nextLong();
        int torn = first + 1 + new Random(seed).nextInt(whole.length - first - 2);
        Files.write(file, java.util.Arrays.copyOf(whole, torn));
        try (QueryJournal next = QueryJournal.open(folder)) {
            assertThat(read(next, 1))
                    .as("seed %s", seed)
                    .extracting(LoggedQuery::id)
                    .containsExactly("1");
            next.add(List.of(query("3", "SELECT 3")));
            assertThat(next.end()).containsExactly(1L, 2L);
            assertThat(next.writer()).isEqualTo(dead.writer());
        }
    }
}
