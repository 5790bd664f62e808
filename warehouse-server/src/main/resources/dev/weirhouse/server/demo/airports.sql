-- The airports come once, from a file. A temporary table is a name for a source, known to this script alone.
CREATE TEMPORARY TABLE airports_file (
  iata      STRING,
  name      STRING,
  city      STRING,
  state     STRING,
  country   STRING,
  latitude  DOUBLE,
  longitude DOUBLE
) WITH (
  'connector' = 'filesystem',
  'path'      = '${inbox}/airports',
  'format'    = 'csv'
);

INSERT INTO ods.airports SELECT * FROM airports_file;
