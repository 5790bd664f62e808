-- The first snapshot of a version that replaced rows while a streaming job read on, which its readers passed over: from there on,
-- what the job has read is no snapshot of the version.
CREATE TABLE job_overwrite (
    job_id    TEXT   NOT NULL,
    version   TEXT   NOT NULL,
    snapshot  BIGINT NOT NULL,
    PRIMARY KEY (job_id, version)
);
