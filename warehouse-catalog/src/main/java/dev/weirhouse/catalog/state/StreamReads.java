package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.CheckpointRead;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** What the sources of streaming jobs read, and how far they had read at each checkpoint. */
final class StreamReads {

    private StreamReads() {}

    /** Notes a submission; one that is noted already stays as it is. */
    static void submits(Handle handle, String runId, StreamPlace place, List<StreamSource> sources) {
        handle.createUpdate(
                        """
                        INSERT INTO run_stream (run_id, flink_job_id, checkpoints, savepoints, kept_ms, restored)
                        VALUES (:run, :flink, :checkpoints, :savepoints, :kept, :restored) ON CONFLICT DO NOTHING
                        """)
                .bind("run", runId)
                .bind("flink", place.flinkJobId())
                .bind("checkpoints", place.checkpoints())
                .bind("savepoints", place.savepoints())
                .bind("kept", place.kept().toMillis())
                .bind("restored", Columns.nullable(place.restored()))
                .execute();
        for (int i = 0; i < sources.size(); i++) {
            StreamSource source = sources.get(i);
            handle.createUpdate(
                            """
                            INSERT INTO run_source (run_id, place, operator_id, table_name, version, reader)
                            VALUES (:run, :place, :operator, :table, :version, :reader) ON CONFLICT DO NOTHING
                            """)
                    .bind("run", runId)
                    .bind("place", i)
                    .bind("operator", source.operatorId())
                    .bind("table", source.table())
                    .bind("version", source.version())
                    .bind("reader", source.reader())
                    .execute();
        }
    }

    /** The newest submissions of a job, the newest first. */
    static List<StreamRun> runs(Handle handle, String jobId, int most) {
        return handle
                .createQuery(
                        """
                        SELECT s.* FROM run r JOIN run_stream s ON s.run_id = r.id WHERE r.job_id = :job
                        ORDER BY r.started_at DESC, r.id DESC LIMIT :most
                        """)
                .bind("job", jobId)
                .bind("most", most)
                .map((row, context) -> new StreamRun(
                        row.getString("run_id"),
                        new StreamPlace(
                                row.getString("flink_job_id"),
                                row.getString("checkpoints"),
                                row.getString("savepoints"),
                                Duration.ofMillis(row.getLong("kept_ms")),
                                Columns.optionalLong(row, "restored")),
                        List.of()))
                .list()
                .stream()
                .map(run -> new StreamRun(run.runId(), run.place(), sources(handle, run.runId())))
                .toList();
    }

    private static List<StreamSource> sources(Handle handle, String runId) {
        return handle.createQuery("SELECT * FROM run_source WHERE run_id = :run ORDER BY place")
                .bind("run", runId)
                .map((row, context) -> new StreamSource(
                        row.getString("operator_id"),
                        row.getString("table_name"),
                        row.getString("version"),
                        row.getString("reader")))
                .list();
    }

    /** What is known of what a job has read. */
    static JobReads ofJob(Handle handle, String jobId) {
        return new JobReads(
                handle.createQuery("SELECT COALESCE(MIN(started_at), 0) FROM run WHERE job_id = :job")
                        .bind("job", jobId)
                        .mapTo(Long.class)
                        .one(),
                byVersion(
                        handle,
                        """
                        SELECT c.version, MAX(c.snapshot) AS snapshot FROM checkpoint_read c JOIN run r ON r.id = c.run_id
                        WHERE r.job_id = :job AND c.snapshot IS NOT NULL GROUP BY c.version
                        """,
                        jobId),
                handle
                        .createQuery("SELECT version, snapshot, seen FROM job_overwrite WHERE job_id = :job")
                        .bind("job", jobId)
                        .map((row, context) ->
                                Map.entry(row.getString(1), new PassedOver(row.getLong(2), row.getInt(3) == 1)))
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static Map<String, Long> byVersion(Handle handle, String sql, String jobId) {
        return handle
                .createQuery(sql)
                .bind("job", jobId)
                .map((row, context) -> Map.entry(row.getString("version"), row.getLong("snapshot")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Notes that a job has passed over an overwrite; one that is noted already stays. */
    static void passedOver(Handle handle, String jobId, String version, PassedOver overwrite) {
        handle.createUpdate(
                        """
                        INSERT INTO job_overwrite (job_id, version, snapshot, seen)
                        VALUES (:job, :version, :snapshot, :seen)
                        ON CONFLICT DO NOTHING
                        """)
                .bind("job", jobId)
                .bind("version", version)
                .bind("snapshot", overwrite.snapshot())
                .bind("seen", overwrite.seen() ? 1 : 0)
                .execute();
    }

    /** The jobs that keep their checkpoints for less than this, of those that may commit more; each with how long. */
    static Map<String, Duration> keptShorter(Handle handle, Duration bound) {
        return handle
                .createQuery(
                        """
                        SELECT r.job_id, MIN(s.kept_ms) AS kept_ms FROM run_stream s JOIN run r ON r.id = s.run_id
                        WHERE s.kept_ms < :bound AND EXISTS (SELECT 1 FROM run_pending p WHERE p.run_id = s.run_id)
                        GROUP BY r.job_id
                        """)
                .bind("bound", bound.toMillis())
                .map((row, context) -> Map.entry(row.getString("job_id"), Duration.ofMillis(row.getLong("kept_ms"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Notes how far a run had read at a checkpoint; what is noted already stays as it is. */
    static void read(Handle handle, String runId, long checkpoint, long committedAt, List<CheckpointRead> reads) {
        for (int i = 0; i < reads.size(); i++) {
            CheckpointRead read = reads.get(i);
            handle.createUpdate(
                            """
                            INSERT INTO checkpoint_read (run_id, checkpoint, place, table_name, version, snapshot, position,
                            class, reason, committed_at) VALUES (:run, :checkpoint, :place, :table, :version, :snapshot,
                            :position, :class, :reason, :at) ON CONFLICT DO NOTHING
                            """)
                    .bind("run", runId)
                    .bind("checkpoint", checkpoint)
                    .bind("place", i)
                    .bind("table", read.table())
                    .bind("version", read.version())
                    .bind("snapshot", Columns.nullable(read.snapshot()))
                    .bind("position", read.position().orElse(null))
                    .bind("class", read.exactness())
                    .bind("reason", read.reason().orElse(null))
                    .bind("at", committedAt)
                    .execute();
        }
    }

    /** Forgets what was read for commits of long ago, of runs that go on. */
    static void forget(Handle handle, long before) {
        handle.createUpdate("DELETE FROM checkpoint_read WHERE committed_at < :before")
                .bind("before", before)
                .execute();
        handle.createUpdate(
                        "DELETE FROM job_overwrite WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.job_id = job_overwrite.job_id)")
                .execute();
    }
}
