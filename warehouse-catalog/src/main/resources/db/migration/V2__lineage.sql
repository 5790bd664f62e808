-- What a statement's output derives from. Statements that derive the same from the same share one derivation, whose id is
-- a digest of what it says.
CREATE TABLE derivation (
    id        TEXT   NOT NULL PRIMARY KEY,
    first_at  BIGINT NOT NULL
);

-- The target is a table, or '' for an answer.
CREATE TABLE derivation_table (
    derivation_id  TEXT NOT NULL REFERENCES derivation (id) ON DELETE CASCADE,
    target         TEXT NOT NULL,
    source         TEXT NOT NULL,
    PRIMARY KEY (derivation_id, target, source)
);

CREATE INDEX derivation_table_source ON derivation_table (source);
CREATE INDEX derivation_table_target ON derivation_table (target);

-- A target's column '' stands for all of them: what decides which rows there are. A source's column '' says that no more
-- than the table is known, for the reason that is given.
CREATE TABLE derivation_column (
    derivation_id  TEXT NOT NULL REFERENCES derivation (id) ON DELETE CASCADE,
    target         TEXT NOT NULL,
    target_column  TEXT NOT NULL,
    source         TEXT NOT NULL,
    source_column  TEXT NOT NULL,
    dependence     TEXT NOT NULL,
    reason         TEXT,
    PRIMARY KEY (derivation_id, target, target_column, source, source_column, dependence)
);

CREATE INDEX derivation_column_source ON derivation_column (source, source_column);
CREATE INDEX derivation_column_target ON derivation_column (target, target_column);

ALTER TABLE run ADD COLUMN derivation_id TEXT;

CREATE INDEX run_derivation ON run (derivation_id, started_at);

-- The edges of runs that change data. A run that has not told its commits yet, and a stream, which has always more to tell,
-- has one row without a snapshot for each table that it writes.
CREATE TABLE run_read (
    run_id      TEXT   NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    table_name  TEXT   NOT NULL,
    version     TEXT   NOT NULL,
    snapshot    BIGINT,
    class       TEXT   NOT NULL,
    reason      TEXT
);

CREATE INDEX run_read_run ON run_read (run_id);
CREATE INDEX run_read_version ON run_read (version, snapshot);

CREATE TABLE run_write (
    run_id        TEXT   NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    table_name    TEXT   NOT NULL,
    version       TEXT   NOT NULL,
    snapshot      BIGINT,
    kind          TEXT,
    checkpoint    BIGINT,
    committed_at  BIGINT,
    rows_added    BIGINT,
    rows_deleted  BIGINT,
    bytes_added   BIGINT,
    partitions    TEXT,
    class         TEXT   NOT NULL,
    reason        TEXT
);

CREATE INDEX run_write_run ON run_write (run_id);
CREATE INDEX run_write_version ON run_write (version, snapshot);
