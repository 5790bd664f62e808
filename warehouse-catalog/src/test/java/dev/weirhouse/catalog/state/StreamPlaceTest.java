package dev.weirhouse.catalog.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamPlaceTest {

    @Test
    void aPathTellsTheNumberOfACheckpoint() {
        assertThat(StreamPlace.number(Optional.empty())).hasValue(0);
        for (String path : List.of("file:/home/checkpoints/ab/cd/chk-57", "s3://bucket/jobs/chk-57/")) {
            assertThat(StreamPlace.number(Optional.of(path))).hasValue(57);
        }
        assertThat(StreamPlace.number(Optional.of("file:/home/savepoints/savepoint-abcdef-0123456789ab")))
                .as("a savepoint's does not")
                .isEmpty();
    }

    @Test
    void whatARunBeganFromIsKeptWithIt(@TempDir Path folder) throws Exception {
        try (StateStore store = StateStore.open(folder.resolve("state.db"), Clock.systemUTC())) {
            for (Optional<String> restore : List.of(
                    Optional.<String>empty(), Optional.of("file:/c/chk-7"), Optional.of("file:/s/savepoint-x"))) {
                String run = store.runs().start(RunStoreTest.attempt("job"));
                StreamPlace place = new StreamPlace(
                        "flink", "file:/c", "file:/s", Duration.ofMinutes(1), StreamPlace.number(restore));
                store.runs().submits(run, place, List.of());
                assertThat(store.runs().streamRuns("job", 10))
                        .anyMatch(found ->
                                found.runId().equals(run) && found.place().equals(place));
            }
        }
    }
}
