-- The tables of the demo. By custom, ods holds what arrives as it arrived, dwd what is cleaned and joined, dws what is
-- summed up for reading.
CREATE DATABASE ods;
CREATE DATABASE dwd;
CREATE DATABASE dws;

-- A key makes a table of current rows: the same flight again replaces the one before. The changelog producer works out,
-- with each commit, how every row changed, so that streams which read the table can take back what they had counted.
-- Those streams look for new commits every second.
CREATE TABLE ods.flights (
  flight_id      BIGINT,
  departed_at    TIMESTAMP(0),
  delay_minutes  INT,
  distance_miles INT,
  origin         STRING,
  destination    STRING,
  PRIMARY KEY (flight_id) NOT ENFORCED
) WITH (
  'changelog-producer'            = 'lookup',
  'continuous.discovery-interval' = '1 s'
);

-- Without a key, a table keeps every row that it is given: a flight written twice would be there twice.
CREATE TABLE ods.flights_log (
  flight_id      BIGINT,
  departed_at    TIMESTAMP(0),
  delay_minutes  INT,
  distance_miles INT,
  origin         STRING,
  destination    STRING
);

CREATE TABLE ods.airports (
  iata      STRING,
  name      STRING,
  city      STRING,
  state     STRING,
  country   STRING,
  latitude  DOUBLE,
  longitude DOUBLE,
  PRIMARY KEY (iata) NOT ENFORCED
);

CREATE TABLE dwd.flights_enriched (
  flight_id         BIGINT,
  departed_at       TIMESTAMP(0),
  delay_minutes     INT,
  distance_miles    INT,
  origin            STRING,
  origin_city       STRING,
  origin_state      STRING,
  destination       STRING,
  destination_city  STRING,
  destination_state STRING,
  PRIMARY KEY (flight_id) NOT ENFORCED
) WITH (
  'changelog-producer'            = 'lookup',
  'continuous.discovery-interval' = '1 s'
);

-- Shares and means are decimals: they come out the same in every order in which flights arrive.
CREATE TABLE dws.route_delay (
  `day`         DATE,
  origin        STRING,
  destination   STRING,
  flights       BIGINT,
  delayed_share DECIMAL(5, 4),
  mean_delay    DECIMAL(10, 2),
  worst_delay   INT,
  PRIMARY KEY (`day`, origin, destination) NOT ENFORCED
);

CREATE TABLE dws.airport_daily (
  airport      STRING,
  departures   BIGINT,
  arrivals     BIGINT,
  connections  INT,
  median_delay DECIMAL(10, 1),
  dt           STRING
) PARTITIONED BY (dt);
