package dev.weirhouse.server.http;

import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.RecordedText;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.stream.StreamJobs;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Streaming jobs: applied, looked at, stopped, resumed, deleted. */
final class JobRoutes {

    private final StreamJobs jobs;

    JobRoutes(StreamJobs jobs) {
        this.jobs = jobs;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/jobs", this::list),
                Route.post("/api/v1/jobs", this::apply),
                Route.get("/api/v1/jobs/{name}", this::show),
                Route.post("/api/v1/jobs/{name}/stop", this::stop),
                Route.post("/api/v1/jobs/{name}/resume", this::resume),
                Route.delete("/api/v1/jobs/{name}", this::delete));
    }

    /** A job to create, or to give a new revision. */
    record JobRequest(String name, String sql) {
        JobRequest {
            if (name == null || name.isBlank() || sql == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'name' or 'sql' is missing.");
            }
        }
    }

    /**
     * A job as clients see it; what is not known or does not apply is null.
     *
     * @param sql the text of its revision; null in lists
     */
    record JobView(
            String id,
            String name,
            Lane lane,
            JobState state,
            int revision,
            String user,
            String createdAt,
            String updatedAt,
            String runId,
            String flinkJobId,
            String restorePath,
            String error,
            String sql) {
        static JobView of(JobRow job, String sql) {
            return new JobView(
                    job.id(),
                    job.name(),
                    job.lane(),
                    job.state(),
                    job.revision(),
                    job.caller().principal(),
                    Instant.ofEpochMilli(job.createdAt()).toString(),
                    Instant.ofEpochMilli(job.updatedAt()).toString(),
                    job.runId().orElse(null),
                    job.flinkJobId().orElse(null),
                    job.restorePath().orElse(null),
                    job.error().orElse(null),
                    sql);
        }
    }

    private void apply(Context request) {
        JobRequest asked = Json.read(request.bodyAsBytes(), JobRequest.class);
        JobRow job = jobs.apply(asked.name(), asked.sql(), RequestCaller.of(request));
        request.status(HttpStatus.OK).json(view(job));
    }

    private void list(Context request) {
        request.json(Map.of(
                "jobs", jobs.list().stream().map(job -> JobView.of(job, null)).toList()));
    }

    private void show(Context request) {
        request.json(view(jobs.load(request.pathParam("name"))));
    }

    private void stop(Context request) {
        request.json(view(jobs.stop(request.pathParam("name"))));
    }

    private void resume(Context request) {
        request.json(view(jobs.resume(request.pathParam("name"))));
    }

    private void delete(Context request) {
        jobs.delete(request.pathParam("name"));
        request.status(HttpStatus.NO_CONTENT);
    }

    private JobView view(JobRow job) {
        return JobView.of(job, RecordedText.of(jobs.revision(job).sql()));
    }
}
