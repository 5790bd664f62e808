-- A digest of what the job computes, as Flink understands its text together with the views that it reads; empty when it is not
-- known.
ALTER TABLE flow_job ADD COLUMN computes TEXT NOT NULL DEFAULT '';
