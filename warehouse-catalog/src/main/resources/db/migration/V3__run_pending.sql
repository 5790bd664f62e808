-- The versions that a run writes, until all its commits are recorded; those up to the snapshot are. The snapshot's time, where
-- it was noted, shows whether the table was rolled back or made anew since.
CREATE TABLE run_pending (
    run_id        TEXT   NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    table_name    TEXT   NOT NULL,
    version       TEXT   NOT NULL,
    snapshot      BIGINT NOT NULL,
    committed_at  BIGINT,
    PRIMARY KEY (run_id, version)
);

INSERT INTO run_pending (run_id, table_name, version, snapshot)
SELECT p.run_id, MIN(p.table_name), p.version,
COALESCE((SELECT MAX(w.snapshot) FROM run_write w WHERE w.run_id = p.run_id AND w.version = p.version), 0)
FROM run_write p WHERE p.kind = 'PENDING' GROUP BY p.run_id, p.version;

DELETE FROM run_write WHERE kind = 'PENDING';

-- A snapshot has one writer. A table that was rolled back or made anew gives numbers of snapshots again, at another time.
DELETE FROM run_write WHERE snapshot IS NOT NULL
AND rowid NOT IN (SELECT MIN(rowid) FROM run_write GROUP BY version, snapshot, committed_at);

DROP INDEX run_write_version;
CREATE UNIQUE INDEX run_write_version ON run_write (version, snapshot, committed_at);
CREATE INDEX run_write_committed ON run_write (committed_at);
