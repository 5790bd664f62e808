-- The checkpoint that the run began from, 0 for none; NULL where that is not known, as of a savepoint.
ALTER TABLE run_stream ADD COLUMN restored BIGINT;
