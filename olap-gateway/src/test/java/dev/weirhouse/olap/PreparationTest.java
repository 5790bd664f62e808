package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.junit.jupiter.api.Test;

final class PreparationTest {

    private static final Prepared STATEMENT =
            new Prepared("SELECT 1", Dialect.FLINK, StatementKind.QUERY, ResolvedSchema.of(), List.of());

    private final List<String> events = new ArrayList<>();
    private final Preparation preparation = new Preparation(Instant.EPOCH, Duration.ofSeconds(5));

    @Test
    void whatIsPreparedIsHandedOver() {
        preparation.run(() -> STATEMENT, () -> events.add("done"));
        assertThat(preparation.await()).isSameAs(STATEMENT);
        assertThat(events).containsExactly("done");
    }

    @Test
    void anEndFromOutsideIsHeardBeforeTheWorkIsDone() {
        preparation.end(QueryEnd.TIMED_OUT);
        assertThatThrownBy(preparation::await).hasMessageContaining("WEIR-2002").hasMessageContaining("5 s");
        assertThat(events).isEmpty();
        preparation.run(() -> STATEMENT, () -> events.add("done"));
        assertThat(events).containsExactly("done");
        assertThatThrownBy(preparation::await).hasMessageContaining("WEIR-2002");
    }

    @Test
    void failuresAndDefectsAreToldAsTheyAre() {
        WarehouseException failure = new WarehouseException(CatalogError.SYNTAX_ERROR, "no");
        preparation.run(
                () -> {
                    throw failure;
                },
                () -> events.add("done"));
        assertThatThrownBy(preparation::await).isSameAs(failure);
        Preparation other = new Preparation(Instant.EPOCH, Duration.ofSeconds(5));
        other.run(
                () -> {
                    throw new LinkageError("two versions");
                },
                () -> events.add("done"));
        assertThatThrownBy(other::await).isInstanceOf(LinkageError.class);
        assertThat(events).containsExactly("done", "done");
    }
}
