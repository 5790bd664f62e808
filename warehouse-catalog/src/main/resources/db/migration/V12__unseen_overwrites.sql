-- 0 where the snapshot had expired before it was looked at, so that it may have replaced rows.
ALTER TABLE job_overwrite ADD COLUMN seen INTEGER NOT NULL DEFAULT 1;
