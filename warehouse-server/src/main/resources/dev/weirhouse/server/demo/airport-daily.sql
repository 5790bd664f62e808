-- Hive's dialect over the same tables. LATERAL VIEW makes two rows of a flight, one for the airport at each end;
-- explode, collect_set and percentile are Hive's own. The days that come out replace their partitions, others stay.
INSERT OVERWRITE TABLE dws.airport_daily PARTITION (dt)
SELECT
  airport,
  sum(if(side = 'departure', 1L, 0L))                                      AS departures,
  sum(if(side = 'arrival', 1L, 0L))                                        AS arrivals,
  size(collect_set(if(side = 'departure', destination, origin)))           AS connections,
  cast(percentile(delay_minutes, 0.5) AS decimal(10, 1))                   AS median_delay,
  dt
FROM (
  SELECT date_format(departed_at, 'yyyy-MM-dd') AS dt, origin, destination, delay_minutes, side, airport
  FROM dwd.flights_enriched
  LATERAL VIEW explode(map('departure', origin, 'arrival', destination)) ends AS side, airport
) visits
GROUP BY dt, airport;
