package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The moves of a query's life, against a host that writes down what it is asked for. */
final class OlapQueryTest {

    private final List<String> events = new ArrayList<>();
    private Supplier<Answer> lane = RecordedAnswer::new;
    private boolean full;
    private Executor threads = Runnable::run;
    private Supplier<Optional<Answer>> atOnce = Optional::empty;
    private final OlapQuery query = new OlapQuery(
            "handle",
            () -> atOnce.get(),
            cancellation -> run(),
            Instant.EPOCH,
            Duration.ofSeconds(5),
            new RecordingHost());

    @Test
    void aQueryIsReadToItsEnd() {
        query.start();
        assertThat(query.isActive()).isTrue();
        query.close();
        assertThat(query.isEnded()).isTrue();
        assertThat(events).containsExactly("admit", "run", "close", "forget admitted");
    }

    @Test
    void aQueryThatNobodyAskedForTakesNoPlace() {
        assertThat(query.end(QueryEnd.CANCELLED)).isTrue();
        assertThat(events).containsExactly("forget");
        failsWith(CatalogError.CANCELLED, query::start);
    }

    @Test
    void whatIsAnsweredAtOnceStartsNothing() {
        atOnce = () -> Optional.of(new RecordedAnswer());
        query.start();
        query.close();
        assertThat(events).containsExactly("admit", "close", "forget admitted");
    }

    @Test
    void whatFailsAtOnceGivesThePlaceBack() {
        atOnce = () -> {
            throw new WarehouseException(CatalogError.PARAMETER_MISMATCH, "one too many");
        };
        failsWith(CatalogError.PARAMETER_MISMATCH, query::start);
        assertThat(events).containsExactly("admit", "forget admitted");
        assertThat(query.isEnded()).isTrue();
    }

    @Test
    void whatFailsAtOnceAfterItsEndGivesThePlaceBack() {
        atOnce = () -> {
            query.end(QueryEnd.CANCELLED);
            throw new WarehouseException(CatalogError.SESSION_NOT_FOUND, "closed");
        };
        failsWith(CatalogError.SESSION_NOT_FOUND, query::start);
        assertThat(events).containsExactly("admit", "forget admitted");
    }

    @Test
    void anAnswerAtOnceToACancelledQueryIsLetGo() {
        atOnce = () -> {
            query.end(QueryEnd.CANCELLED);
            return Optional.of(new RecordedAnswer());
        };
        failsWith(CatalogError.CANCELLED, query::start);
        assertThat(events).containsExactly("admit", "cancel", "close", "forget admitted");
    }

    @Test
    void whateverIsThrownEndsTheQuery() {
        lane = () -> {
            // What Scala's code may do.
            return sneak(new Exception("checked"));
        };
        assertThatThrownBy(query::start).hasRootCauseMessage("checked");
        assertThat(query.isEnded()).isTrue();
        assertThat(events).containsExactly("admit", "run", "forget admitted");
    }

    @SuppressWarnings("unchecked")
    private static <T, X extends Throwable> T sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void theAnswerIsHandedOutOnce() {
        query.start();
        failsWith(OlapError.HANDLE_NOT_FOUND, query::start);
        query.close();
    }

    @Test
    void aQueryRefusedForWantOfAPlaceMayTryAgain() {
        full = true;
        failsWith(OlapError.TOO_MANY_QUERIES, query::start);
        full = false;
        query.start();
        query.close();
        assertThat(events).containsExactly("admit", "run", "close", "forget admitted");
    }

    @Test
    void aFailureToStartGivesThePlaceBack() {
        lane = () -> {
            throw new WarehouseException(CatalogError.EXECUTION_FAILED, "no slots");
        };
        failsWith(CatalogError.EXECUTION_FAILED, query::start);
        assertThat(events).containsExactly("admit", "run", "forget admitted");
        assertThat(query.isEnded()).isTrue();
    }

    @Test
    void aDefectThatStopsTheStartGivesThePlaceBackToo() {
        lane = () -> {
            throw new LinkageError("two versions of one class");
        };
        assertThatThrownBy(query::start).isInstanceOf(LinkageError.class);
        assertThat(events).containsExactly("admit", "run", "forget admitted");
    }

    @Test
    void cancellingWhileItRunsCancelsTheLaneOnce() {
        query.start();
        assertThat(query.end(QueryEnd.CANCELLED)).isTrue();
        assertThat(query.end(QueryEnd.TIMED_OUT)).isFalse();
        query.close();
        assertThat(events).containsExactly("admit", "run", "cancel", "close", "forget admitted");
        failsWith(CatalogError.CANCELLED, query::checkNotEnded);
    }

    @Test
    void cancellingWhileItStartsCancelsWhatComesOfIt() {
        lane = () -> {
            assertThat(query.end(QueryEnd.CANCELLED)).isTrue();
            assertThat(events).doesNotContain("forget admitted");
            return new RecordedAnswer();
        };
        failsWith(CatalogError.CANCELLED, query::start);
        assertThat(events).containsExactly("admit", "run", "cancel", "close", "forget admitted");
    }

    @Test
    void whoAskedHearsOfTheEndWhileTheLaneIsStillAtIt() {
        List<Runnable> begun = new ArrayList<>();
        threads = task -> {
            begun.add(task);
            query.end(QueryEnd.TIMED_OUT);
        };
        failsWith(CatalogError.TIMED_OUT, query::start);
        assertThat(events).as("it keeps its place").containsExactly("admit");
        begun.get(0).run();
        assertThat(events).containsExactly("admit", "run", "cancel", "close", "forget admitted");
    }

    @Test
    void aLaneThatFailsAfterTheEndGivesThePlaceBack() {
        List<Runnable> begun = new ArrayList<>();
        threads = task -> {
            begun.add(task);
            query.end(QueryEnd.CANCELLED);
        };
        failsWith(CatalogError.CANCELLED, query::start);
        lane = () -> {
            throw new WarehouseException(CatalogError.EXECUTION_FAILED, "no slots");
        };
        begun.get(0).run();
        assertThat(events).containsExactly("admit", "run", "forget admitted");
    }

    @Test
    void theClientHearsOfTheTimeoutAndNotOfWhatItCaused() {
        query.start();
        query.end(QueryEnd.TIMED_OUT);
        RuntimeException interrupted = new WarehouseException(CatalogError.CANCELLED, "The job was cancelled.");
        assertThat(query.explain(interrupted))
                .hasMessageContaining("WEIR-2002")
                .hasMessageContaining("5 s")
                .hasSuppressedException(interrupted);
    }

    @Test
    void aFailureOfItsOwnIsToldAsItIs() {
        query.start();
        RuntimeException failure = new WarehouseException(CatalogError.EXECUTION_FAILED, "disk full");
        assertThat(query.explain(failure)).isSameAs(failure);
        query.end(QueryEnd.FAILED);
        assertThat(query.explain(failure)).isSameAs(failure);
    }

    private Answer run() {
        events.add("run");
        return lane.get();
    }

    private static void failsWith(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(WarehouseException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private final class RecordingHost implements OlapQuery.Host {
        @Override
        public void admit() {
            if (full) {
                throw new WarehouseException(OlapError.TOO_MANY_QUERIES, "full");
            }
            events.add("admit");
        }

        @Override
        public void execute(Runnable task) {
            threads.execute(task);
        }

        @Override
        public void forget(OlapQuery ended, boolean admitted) {
            events.add(admitted ? "forget admitted" : "forget");
        }
    }

    private final class RecordedAnswer implements Answer {
        @Override
        public String runId() {
            return "run";
        }

        @Override
        public String cut() {
            return "";
        }

        @Override
        public Optional<AnsweredBy> answeredBy() {
            return Optional.empty();
        }

        @Override
        public StatementKind kind() {
            return StatementKind.QUERY;
        }

        @Override
        public ResolvedSchema schema() {
            return ResolvedSchema.of();
        }

        @Override
        public CloseableIterator<RowData> rows() {
            return CloseableIterator.empty();
        }

        @Override
        public long affectedRows() {
            return 0;
        }

        @Override
        public void cancel() {
            events.add("cancel");
        }

        @Override
        public void close() {
            events.add("close");
        }
    }
}
