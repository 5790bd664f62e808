-- Streaming jobs that are read together, and where their tables stand.
CREATE TABLE flow (
    name         TEXT    NOT NULL PRIMARY KEY,
    interval_ms  BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    created_by   TEXT    NOT NULL
);

-- What a flow derives everything from.
CREATE TABLE flow_root (
    flow           TEXT NOT NULL,
    database_name  TEXT NOT NULL,
    table_name     TEXT NOT NULL,
    PRIMARY KEY (flow, database_name, table_name)
);

-- A job that reads and writes at the flow's boundaries, as it was last submitted.
CREATE TABLE flow_job (
    job_id    TEXT NOT NULL PRIMARY KEY,
    flow      TEXT NOT NULL
);

CREATE TABLE flow_job_table (
    job_id         TEXT    NOT NULL,
    database_name  TEXT    NOT NULL,
    table_name     TEXT    NOT NULL,
    version        TEXT    NOT NULL,
    written        INTEGER NOT NULL,
    PRIMARY KEY (job_id, version, written)
);

-- confirmed_at: until when nothing newer was in the roots.
CREATE TABLE flow_boundary (
    flow          TEXT   NOT NULL,
    boundary      BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    confirmed_at  BIGINT NOT NULL,
    PRIMARY KEY (flow, boundary)
);

-- The snapshot at which a version is what the roots' snapshots of the boundary make of it, and when it was committed, for
-- its number may be given again; 0 for a root without any.
CREATE TABLE flow_place (
    flow          TEXT   NOT NULL,
    boundary      BIGINT NOT NULL,
    version       TEXT   NOT NULL,
    snapshot      BIGINT NOT NULL,
    committed_at  BIGINT NOT NULL,
    PRIMARY KEY (flow, version, boundary)
);
