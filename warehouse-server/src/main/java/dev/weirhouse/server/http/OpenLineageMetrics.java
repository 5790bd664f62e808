package dev.weirhouse.server.http;

import dev.weirhouse.lineage.openlineage.Delivery;
import dev.weirhouse.lineage.openlineage.OpenLineage;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What becomes of events on their way to receivers. */
final class OpenLineageMetrics {

    private OpenLineageMetrics() {}

    static void bind(OpenLineage openLineage, MeterRegistry registry) {
        for (Delivery delivery : openLineage.deliveries()) {
            count(registry, delivery, "sent", Delivery::sent);
            count(registry, delivery, "refused", Delivery::refused);
            count(registry, delivery, "dropped", Delivery::dropped);
            Gauge.builder("weir.openlineage.waiting.bytes", delivery, Delivery::waiting)
                    .description("Events that a receiver has not taken yet")
                    .tag("receiver", delivery.receiver())
                    .register(registry);
        }
        FunctionCounter.builder("weir.openlineage.lost.queries", openLineage, OpenLineage::lostQueries)
                .description("Queries that no receiver was told of, because too many waited")
                .register(registry);
    }

    private static void count(
            MeterRegistry registry, Delivery delivery, String outcome, ToDoubleFunction<Delivery> value) {
        FunctionCounter.builder("weir.openlineage.events", delivery, value)
                .description("Events by what became of them")
                .tag("receiver", delivery.receiver())
                .tag("outcome", outcome)
                .register(registry);
    }
}
