-- The partitions that a run read of a version, as a JSON array; NULL where it has none, or they are not known.
ALTER TABLE run_read ADD COLUMN partitions TEXT;
