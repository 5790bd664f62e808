-- Questions about data that are asked again and again. rule is JSON; trigger_text is a number of milliseconds or a cron
-- expression, or empty.
CREATE TABLE check_declared (
    name           TEXT    NOT NULL PRIMARY KEY,
    database_name  TEXT,
    table_name     TEXT,
    rule           TEXT    NOT NULL,
    trigger_kind   TEXT    NOT NULL,
    trigger_text   TEXT    NOT NULL,
    severity       TEXT    NOT NULL,
    strong         INTEGER NOT NULL,
    principal      TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    tags           TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL
);

-- How checks ended, and comparisons that nobody declared, which have no check_name. What runs is here too, under a lease of
-- the instance that runs it.
CREATE TABLE check_result (
    id            TEXT   NOT NULL PRIMARY KEY,
    check_name    TEXT,
    kind          TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    cause         TEXT   NOT NULL,
    severity      TEXT   NOT NULL,
    principal     TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    version       TEXT,
    snapshot      BIGINT,
    committed_at  BIGINT,
    cut           TEXT   NOT NULL,
    violations    BIGINT,
    measure       BIGINT,
    message       TEXT   NOT NULL,
    error_code    TEXT,
    evidence      TEXT,
    started_at    BIGINT NOT NULL,
    finished_at   BIGINT,
    instance_id   TEXT   NOT NULL,
    lease_until   BIGINT NOT NULL
);

-- A check runs once at a time, whoever runs it.
CREATE UNIQUE INDEX check_result_running ON check_result (check_name) WHERE state = 'RUNNING';
CREATE INDEX check_result_check ON check_result (check_name, started_at);
CREATE INDEX check_result_started ON check_result (started_at);
