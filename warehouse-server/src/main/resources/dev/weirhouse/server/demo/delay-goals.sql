-- A list that people keep by hand: by how many minutes the flights of an airport may be late in the mean.
CREATE TABLE ods.delay_goals (
  airport      STRING,
  most_minutes INT,
  PRIMARY KEY (airport) NOT ENFORCED
);

INSERT INTO ods.delay_goals VALUES ('ATL', 8), ('DFW', 8), ('ORD', 10);
