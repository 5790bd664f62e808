-- A statement that changes nothing stands here while it runs; then it goes to the log of queries.
ALTER TABLE run ADD COLUMN answered_by TEXT;

-- How often what queries answered derived from what, by day and user. A derivation may be written after its first use.
CREATE TABLE derivation_use (
    derivation_id  TEXT    NOT NULL,
    day            BIGINT  NOT NULL,
    principal      TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    lane           TEXT    NOT NULL,
    queries        BIGINT  NOT NULL,
    last_at        BIGINT  NOT NULL,
    last_query     TEXT    NOT NULL,
    statement      TEXT    NOT NULL,
    PRIMARY KEY (derivation_id, day, principal, source, lane)
);

CREATE INDEX derivation_use_last ON derivation_use (last_at);
