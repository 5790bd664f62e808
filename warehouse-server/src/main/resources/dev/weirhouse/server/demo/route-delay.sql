-- Keeps one row for each day and route up to date. A flight counts as delayed from 15 minutes on. The job belongs to a flow,
-- so that its table and the one it reads can be read at one moment.
SET 'execution.checkpointing.interval' = '2 s';
SET 'stream.flow' = 'routes';

INSERT INTO dws.route_delay
SELECT
  CAST(departed_at AS DATE) AS `day`,
  origin,
  destination,
  COUNT(*) AS flights,
  CAST(CAST(SUM(CASE WHEN delay_minutes >= 15 THEN 1 ELSE 0 END) AS DECIMAL(18, 6)) / COUNT(*) AS DECIMAL(5, 4))
    AS delayed_share,
  CAST(CAST(SUM(delay_minutes) AS DECIMAL(18, 6)) / COUNT(*) AS DECIMAL(10, 2)) AS mean_delay,
  MAX(delay_minutes) AS worst_delay
FROM dwd.flights_enriched
GROUP BY CAST(departed_at AS DATE), origin, destination;
