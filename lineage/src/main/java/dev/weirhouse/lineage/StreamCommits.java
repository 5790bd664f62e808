package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.NewCommits;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what streaming jobs commit, after the fact: Paimon's snapshots bear the job's id and the checkpoint, so nothing runs
 * beside the job, and what a crash interrupted is found by the next look. Snapshots that expired unseen are told as such.
 */
final class StreamCommits {

    private static final Logger LOG = LoggerFactory.getLogger(StreamCommits.class);

    private final Warehouse warehouse;
    private final Jdbi jdbi;

    /** How far each version was looked at for each job. */
    private final Map<Written, Long> seen = new HashMap<>();

    StreamCommits(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.jdbi = warehouse.state().jdbi();
    }

    /** A version that a job writes. */
    private record Written(String job, TableName table, String version) {}

    /**
     * A run of a job, with the newest snapshot of the version that is recorded for it.
     *
     * @param pending whether it may have more to tell
     */
    private record Attempt(String run, long startedAt, boolean over, long recorded, boolean pending) {}

    /** Looks for new commits of all jobs; what cannot be looked at is looked at the next time. */
    synchronized void look() {
        attempts().forEach((written, attempts) -> {
            try {
                look(written, attempts);
            } catch (RuntimeException e) {
                LOG.warn("what job={} committed to {} is looked for again", written.job(), written.version(), e);
            }
        });
    }

    private void look(Written written, List<Attempt> attempts) {
        Attempt last = attempts.get(attempts.size() - 1);
        if (attempts.stream().noneMatch(Attempt::pending)) {
            return;
        }
        long recorded = attempts.stream().mapToLong(Attempt::recorded).max().orElse(0);
        long after = seen.getOrDefault(written, recorded);
        Optional<NewCommits> found = warehouse.commits(written.table(), written.version(), written.job(), after);
        if (found.isEmpty()) {
            return;
        }
        if (after > 0 && found.get().first() > after + 1) {
            warehouse
                    .state()
                    .runs()
                    .missed(
                            last.run(),
                            written.table(),
                            written.version(),
                            "snapshots " + (after + 1) + " to " + (found.get().first() - 1)
                                    + " expired before they were looked at");
        }
        Map<String, List<Commit>> byRun = new LinkedHashMap<>();
        for (Commit commit : found.get().commits()) {
            byRun.computeIfAbsent(runOf(commit, attempts), run -> new ArrayList<>())
                    .add(commit);
        }
        byRun.forEach(warehouse.state().runs()::added);
        seen.put(written, found.get().last());
        attempts.stream()
                .filter(attempt -> attempt.pending() && attempt.over())
                .forEach(attempt -> warehouse.state().runs().settled(attempt.run(), written.version()));
    }

    /** The run that had begun last when the commit was made. */
    private static String runOf(Commit commit, List<Attempt> attempts) {
        Attempt owner = attempts.get(0);
        for (Attempt attempt : attempts) {
            if (attempt.startedAt() <= commit.committedAt()) {
                owner = attempt;
            }
        }
        return owner.run();
    }

    /** For each version that a job writes, its runs in their order. */
    private Map<Written, List<Attempt>> attempts() {
        Map<Written, List<Attempt>> attempts = new LinkedHashMap<>();
        jdbi.useHandle(handle -> handle.createQuery(
                        """
                        SELECT r.job_id, w.table_name, w.version, r.id, r.started_at, r.state,
                        MAX(COALESCE(w.snapshot, 0)) AS recorded,
                        MAX(CASE WHEN w.kind = 'PENDING' THEN 1 ELSE 0 END) AS pending
                        FROM run_write w JOIN run r ON r.id = w.run_id WHERE r.job_id IS NOT NULL
                        GROUP BY r.job_id, w.table_name, w.version, r.id, r.started_at, r.state ORDER BY r.started_at, r.id
                        """)
                .map((row, context) -> {
                    String[] name = row.getString("table_name").split("\\.", 2);
                    return Map.entry(
                            new Written(
                                    row.getString("job_id"), new TableName(name[0], name[1]), row.getString("version")),
                            new Attempt(
                                    row.getString("id"),
                                    row.getLong("started_at"),
                                    !row.getString("state").equals("RUNNING"),
                                    row.getLong("recorded"),
                                    row.getInt("pending") == 1));
                })
                .forEach(found -> attempts.computeIfAbsent(found.getKey(), written -> new ArrayList<>())
                        .add(found.getValue())));
        return attempts;
    }
}
