package dev.weirhouse.server.http;

import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.duckdb.NativeLane;
import dev.weirhouse.olap.paimon.PointLookups;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What the lanes of queries count. */
final class OlapMetrics {

    private final MeterRegistry registry;

    private OlapMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    static void bind(OlapGateway gateway, MeterRegistry registry) {
        OlapMetrics metrics = new OlapMetrics(registry);
        metrics.lanes(gateway);
        gateway.lanes().natively().ifPresent(metrics::natively);
        gateway.lanes().points().ifPresent(metrics::points);
    }

    private void lanes(OlapGateway gateway) {
        lane("point", gateway, OlapGateway::queriesLookedUp);
        lane("native", gateway, OlapGateway::queriesComputedNatively);
        lane("flink", gateway, OlapGateway::queriesComputedOnFlink);
        gauge("weir.shapes", "Kinds of queries that are known", gateway, each -> each.shapes()
                .size());
        counter("weir.shapes.hits", "Queries whose kind was known", gateway, each -> each.shapes()
                .hits());
        counter("weir.shapes.misses", "Queries that were planned", gateway, each -> each.shapes()
                .misses());
    }

    private void lane(String lane, OlapGateway gateway, ToDoubleFunction<OlapGateway> count) {
        FunctionCounter.builder("weir.queries.answered", gateway, count)
                .description("Queries by what computed them")
                .tag("lane", lane)
                .register(registry);
    }

    private void natively(NativeLane lane) {
        gauge("weir.native.running", "Native queries that are computed now", lane, each -> each.stats()
                .running());
        gauge("weir.native.queued", "Native queries that wait for their turn", lane, each -> each.stats()
                .queued());
        counter(
                "weir.native.failed",
                "Native queries that ended with an error of the engine",
                lane,
                each -> each.stats().failed());
        counter("weir.native.refused", "Native queries that found no turn", lane, each -> each.stats()
                .refused());
        counter("weir.native.crashed", "Native queries the engine died under", lane, each -> each.stats()
                .crashed());
        counter("weir.native.restarts", "Restarts of the engine", lane, each -> each.stats()
                .restarts());
        gauge("weir.native.spooled.bytes", "Answers on disk", lane, each -> each.stats()
                .spooled());
        gauge("weir.file.cache.bytes", "Copies of table files", lane, each -> each.files()
                .cachedBytes());
        gauge("weir.file.cache.files", "How many they are", lane, each -> each.files()
                .cachedFiles());
        counter("weir.file.cache.hits", "Files that were there", lane, each -> each.files()
                .hits());
        counter("weir.file.cache.misses", "Files that were made", lane, each -> each.files()
                .misses());
        counter("weir.file.cache.evictions", "Files that made room", lane, each -> each.files()
                .evictions());
        gauge("weir.result.cache.bytes", "Answers that may be given again", lane, NativeLane::resultCacheBytes);
        counter("weir.result.cache.hits", "Answers that were given again", lane, NativeLane::resultCacheHits);
        counter("weir.result.cache.misses", "Answers that had to be computed", lane, NativeLane::resultCacheMisses);
    }

    private void points(PointLookups points) {
        counter("weir.point.lookups", "Questions by key", points, each -> each.stats()
                .lookups());
        counter("weir.point.not.ready", "Those without an answer", points, each -> each.stats()
                .notReady());
        gauge("weir.point.bytes", "Files by key", points, each -> each.stats().bytes());
        gauge("weir.point.tables", "Tables held ready", points, each -> each.stats()
                .tables());
    }

    private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }

    private <T> void counter(String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }
}
