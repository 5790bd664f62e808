-- The script whose statements a session runs.
ALTER TABLE session ADD COLUMN script_id TEXT;
ALTER TABLE session ADD COLUMN script_name TEXT;

-- Since when runs are told to receivers of OpenLineage; no row while nobody is told.
CREATE TABLE openlineage_since (
    since  BIGINT NOT NULL
);

-- What receivers were told of a run: nothing more is when it is no longer open. The totals are those of the versions that it
-- writes, as JSON.
CREATE TABLE openlineage_told (
    run_id   TEXT    NOT NULL PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
    open     INTEGER NOT NULL,
    told_at  BIGINT  NOT NULL,
    totals   TEXT    NOT NULL
);

CREATE INDEX openlineage_told_open ON openlineage_told (open);

-- Jobs outside the warehouse that told of themselves. What the newest of a job's runs derives is kept as long as the job is.
CREATE TABLE foreign_job (
    id             TEXT   NOT NULL PRIMARY KEY,
    namespace      TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    principal      TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    statement      TEXT   NOT NULL,
    derivation_id  TEXT,
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL
);

CREATE UNIQUE INDEX foreign_job_name ON foreign_job (namespace, name);
CREATE INDEX foreign_job_derivation ON foreign_job (derivation_id);
CREATE INDEX foreign_job_updated ON foreign_job (updated_at);

-- What the events of a run said so far of its datasets is JSON.
CREATE TABLE foreign_run (
    id             TEXT   NOT NULL PRIMARY KEY,
    job_id         TEXT   NOT NULL REFERENCES foreign_job (id) ON DELETE CASCADE,
    principal      TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    statement      TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    started_at     BIGINT NOT NULL,
    finished_at    BIGINT,
    affected_rows  BIGINT,
    error          TEXT,
    derivation_id  TEXT,
    told           TEXT   NOT NULL,
    updated_at     BIGINT NOT NULL
);

CREATE INDEX foreign_run_job ON foreign_run (job_id, started_at);
CREATE INDEX foreign_run_started ON foreign_run (started_at);
CREATE INDEX foreign_run_derivation ON foreign_run (derivation_id, started_at);
CREATE INDEX foreign_run_updated ON foreign_run (updated_at);
