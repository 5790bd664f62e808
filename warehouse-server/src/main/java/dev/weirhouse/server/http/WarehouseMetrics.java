package dev.weirhouse.server.http;

import dev.weirhouse.catalog.queries.QueryLog;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.catalog.state.RunCount;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.lineage.openlineage.OpenLineage;
import dev.weirhouse.olap.OlapGateway;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the warehouse counts, for Prometheus. Ours begin with {@code weir_}; those of the JVM have the names that
 * Micrometer gives them everywhere. What the state store knows is read when somebody asks.
 */
final class WarehouseMetrics implements AutoCloseable {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final StateStore state;
    private final QueryLog queries;
    private final Supplier<Map<String, Long>> rejectedRecords;
    private final MultiGauge runs;
    private final MultiGauge jobs;
    private final MultiGauge rejected;

    /** @param rejectedRecords the malformed records of each job by its name */
    WarehouseMetrics(
            StateStore state, QueryLog queries, OlapGateway gateway, Supplier<Map<String, Long>> rejectedRecords) {
        this.state = state;
        this.queries = queries;
        this.rejectedRecords = rejectedRecords;
        this.runs = MultiGauge.builder("weir.runs")
                .description("Runs that the state store holds")
                .register(registry);
        this.jobs = MultiGauge.builder("weir.jobs")
                .description("Stream jobs by state")
                .register(registry);
        this.rejected = MultiGauge.builder("weir.job.rejected.records")
                .description("Malformed source records that a job kept aside")
                .register(registry);
        Gauge.builder("weir.sessions", gateway, olap -> olap.sessions().size())
                .description("Open sessions of clients")
                .register(registry);
        Gauge.builder("weir.queries.running", gateway, OlapGateway::runningQueries)
                .description("Statements of clients that run now")
                .register(registry);
        OlapMetrics.bind(gateway, registry);
        List.of(
                        new ClassLoaderMetrics(),
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new FileDescriptorMetrics(),
                        new UptimeMetrics(),
                        garbageCollection)
                .forEach(binder -> binder.bindTo(registry));
    }

    /** Counts what receivers of OpenLineage are told, too. */
    void add(OpenLineage openLineage) {
        OpenLineageMetrics.bind(openLineage, registry);
    }

    /** Counts a request that was answered. */
    void request(Context request, float millis) {
        Endpoint matched = request.endpoints().lastHttpEndpoint();
        Timer.builder("weir.http.requests")
                .description("Requests that the HTTP door answered")
                .tag("method", request.method().name())
                .tag("route", matched == null ? "none" : matched.path)
                .tag("status", Integer.toString(request.statusCode()))
                .register(registry)
                .record((long) (millis * 1000), TimeUnit.MICROSECONDS);
    }

    /** Everything as text in Prometheus' format. */
    String scrape() {
        queries.counts().forEach((count, queriesOfIt) -> FunctionCounter.builder(
                        "weir.queries", queriesOfIt, LongAdder::sum)
                .description("Statements that changed nothing, since the process began")
                .tags(
                        "lane",
                        lowerCase(count.lane()),
                        "outcome",
                        lowerCase(count.state()),
                        "by",
                        count.answeredBy().map(WarehouseMetrics::lowerCase).orElse(""))
                .register(registry));
        runs.register(state.runs().counts().stream().map(WarehouseMetrics::row).toList(), true);
        Map<JobState, Long> byState =
                state.jobs().all().stream().collect(Collectors.groupingBy(JobRow::state, Collectors.counting()));
        jobs.register(
                Arrays.stream(JobState.values())
                        .map(each ->
                                MultiGauge.Row.of(Tags.of("state", lowerCase(each)), byState.getOrDefault(each, 0L)))
                        .toList(),
                true);
        rejected.register(
                rejectedRecords.get().entrySet().stream()
                        .map(entry -> MultiGauge.Row.of(Tags.of("job", entry.getKey()), entry.getValue()))
                        .toList(),
                true);
        return registry.scrape();
    }

    private static MultiGauge.Row<Number> row(RunCount count) {
        return MultiGauge.Row.of(
                Tags.of("lane", lowerCase(count.lane()), "outcome", lowerCase(count.state())), count.runs());
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }
}
