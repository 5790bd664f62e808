SELECT
  origin_city, destination_city, origin, destination,
  COUNT(*) AS flights,
  CAST(CAST(SUM(delay_minutes) AS DECIMAL(18, 6)) / COUNT(*) AS DECIMAL(10, 2)) AS mean_delay
FROM dwd.flights_enriched
GROUP BY origin_city, destination_city, origin, destination
HAVING COUNT(*) >= 5
ORDER BY mean_delay DESC, origin, destination
LIMIT 5
