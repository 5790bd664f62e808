-- Joins the airports at both ends of each flight. FOR SYSTEM_TIME AS OF looks an airport up as it is when the flight
-- passes, so that the job has to remember no flight. A flight that changes later is looked up again and replaced.
SET 'execution.checkpointing.interval' = '2 s';

INSERT INTO dwd.flights_enriched
SELECT
  f.flight_id, f.departed_at, f.delay_minutes, f.distance_miles,
  f.origin,      o.city, o.state,
  f.destination, d.city, d.state
FROM (SELECT *, PROCTIME() AS passes_at FROM ods.flights) AS f
LEFT JOIN ods.airports FOR SYSTEM_TIME AS OF f.passes_at AS o ON f.origin = o.iata
LEFT JOIN ods.airports FOR SYSTEM_TIME AS OF f.passes_at AS d ON f.destination = d.iata;
