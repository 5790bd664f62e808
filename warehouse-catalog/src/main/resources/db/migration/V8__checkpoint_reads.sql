-- Where the checkpoints of a streaming job's run lie, and for how long one is kept at least.
CREATE TABLE run_stream (
    run_id        TEXT   NOT NULL PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    flink_job_id  TEXT   NOT NULL,
    checkpoints   TEXT   NOT NULL,
    savepoints    TEXT   NOT NULL,
    kept_ms       BIGINT NOT NULL
);

CREATE INDEX run_stream_kept ON run_stream (kept_ms);

-- What the run reads, source by source. The operator is Flink's id of the source, '' for what no source reads.
CREATE TABLE run_source (
    run_id       TEXT    NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place        INTEGER NOT NULL,
    operator_id  TEXT    NOT NULL,
    table_name   TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    reader       TEXT    NOT NULL,
    PRIMARY KEY (run_id, place)
);

-- How far each source had read at a checkpoint that the run committed. Snapshot 0 is before a table's first.
CREATE TABLE checkpoint_read (
    run_id        TEXT    NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    checkpoint    BIGINT  NOT NULL,
    place         INTEGER NOT NULL,
    table_name    TEXT    NOT NULL,
    version       TEXT    NOT NULL,
    snapshot      BIGINT,
    position      TEXT,
    class         TEXT    NOT NULL,
    reason        TEXT,
    committed_at  BIGINT  NOT NULL,
    PRIMARY KEY (run_id, checkpoint, place)
);

CREATE INDEX checkpoint_read_version ON checkpoint_read (version, snapshot);
CREATE INDEX checkpoint_read_committed ON checkpoint_read (committed_at);
