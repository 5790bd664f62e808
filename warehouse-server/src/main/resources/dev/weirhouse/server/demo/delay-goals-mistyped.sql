-- The list again, all of it. ORD is given two minutes more; and there is no airport DWF.
INSERT OVERWRITE ods.delay_goals VALUES ('ATL', 8), ('DWF', 8), ('ORD', 12);
