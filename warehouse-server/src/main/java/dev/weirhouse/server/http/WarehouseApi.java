package dev.weirhouse.server.http;

import dev.weirhouse.batch.BatchScripts;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.consistency.Checks;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.openlineage.OpenLineage;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.stream.StreamJobs;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The API of a whole warehouse on one door, with what has to be closed behind it. */
public final class WarehouseApi {

    private static final long SWEEP_SECONDS = 1;

    private WarehouseApi() {}

    /** The parts of the warehouse that the API offers. */
    public record Parts(
            Warehouse warehouse,
            Lineage lineage,
            OpenLineage openLineage,
            StreamJobs jobs,
            BatchScripts scripts,
            OlapGateway gateway,
            Checks checks) {}

    /** Opens the door with all routes. */
    public static HttpDoor open(ServerConfig config, Parts parts, Clock clock) {
        WarehouseMetrics metrics = new WarehouseMetrics(
                parts.warehouse().state(), parts.warehouse().queries(), parts.gateway(), parts.jobs()::rejectedRecords);
        metrics.add(parts.openLineage());
        Statements statements = new Statements(config, clock);
        ScheduledExecutorService sweeper =
                Executors.newSingleThreadScheduledExecutor(WorkerThreads.named("weir-http-sweeper"));
        ScheduledFuture<?> sweeping =
                sweeper.scheduleWithFixedDelay(statements::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        List<AutoCloseable> behind = List.of(() -> sweeping.cancel(false), sweeper::shutdownNow, statements, metrics);
        return HttpDoor.open(config, routes(config, parts, statements, metrics, clock), metrics::request, behind);
    }

    static List<Route> routes(
            ServerConfig config, Parts parts, Statements statements, WarehouseMetrics metrics, Clock clock) {
        return Stream.of(
                        new StatusRoutes(parts.warehouse()::readiness, metrics).routes(),
                        new SessionRoutes(parts.gateway()).routes(),
                        new QueryRoutes(parts.gateway(), config).routes(),
                        new StatementRoutes(parts.gateway(), statements, config).routes(),
                        new JobRoutes(parts.jobs()).routes(),
                        new FlowRoutes(parts.jobs()::flows).routes(),
                        new ScriptRoutes(parts.scripts(), config, clock).routes(),
                        new RunRoutes(
                                        parts.warehouse().state().runs(),
                                        parts.warehouse().queries())
                                .routes(),
                        new LineageRoutes(parts.lineage(), parts.warehouse(), clock).routes(),
                        new OpenLineageRoutes(parts.openLineage()).routes(),
                        new CheckRoutes(parts.checks(), config).routes())
                .flatMap(List::stream)
                .toList();
    }
}
