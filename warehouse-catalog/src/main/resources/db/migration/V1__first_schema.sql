-- Times are milliseconds since 1970 UTC. Tags are a JSON array of strings.

CREATE TABLE instance (
    id            TEXT   NOT NULL PRIMARY KEY,
    started_at    BIGINT NOT NULL,
    heartbeat_at  BIGINT NOT NULL
);

CREATE TABLE session (
    id           TEXT   NOT NULL PRIMARY KEY,
    instance_id  TEXT   NOT NULL,
    principal    TEXT   NOT NULL,
    source       TEXT   NOT NULL,
    tags         TEXT   NOT NULL,
    door         TEXT   NOT NULL,
    opened_at    BIGINT NOT NULL,
    closed_at    BIGINT
);

CREATE INDEX session_open ON session (closed_at, opened_at);

-- A job is owned by one instance at a time, for as long as its lease. Each change of owner raises the epoch, and every
-- write names the epoch it believes in: what a former owner still tries finds no row.
CREATE TABLE job (
    id              TEXT    NOT NULL PRIMARY KEY,
    name            TEXT    NOT NULL UNIQUE,
    lane            TEXT    NOT NULL,
    principal       TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    tags            TEXT    NOT NULL,
    revision        INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    owner_instance  TEXT,
    lease_until     BIGINT  NOT NULL,
    epoch           BIGINT  NOT NULL,
    attempt         BIGINT  NOT NULL,
    flink_job_id    TEXT,
    restore_path    TEXT,
    run_id          TEXT,
    error           TEXT
);

CREATE TABLE revision (
    job_id      TEXT    NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    revision    INTEGER NOT NULL,
    sql_text    TEXT    NOT NULL,
    principal   TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    tags        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (job_id, revision)
);

CREATE TABLE run (
    id             TEXT    NOT NULL PRIMARY KEY,
    lane           TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    job_id         TEXT,
    revision       INTEGER,
    session_id     TEXT,
    instance_id    TEXT    NOT NULL,
    principal      TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    tags           TEXT    NOT NULL,
    door           TEXT    NOT NULL,
    dialect        TEXT    NOT NULL,
    statement      TEXT    NOT NULL,
    cut            TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    started_at     BIGINT  NOT NULL,
    finished_at    BIGINT,
    affected_rows  BIGINT,
    flink_job_id   TEXT,
    error_code     TEXT,
    error          TEXT
);

CREATE INDEX run_started ON run (started_at);
CREATE INDEX run_job ON run (job_id, started_at);

-- The version behind a table's name; a name without a row stands for the table of that name, on its main branch.
CREATE TABLE table_version (
    database_name   TEXT   NOT NULL,
    table_name      TEXT   NOT NULL,
    physical_table  TEXT   NOT NULL,
    branch          TEXT,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (database_name, table_name)
);
