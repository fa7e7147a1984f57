-- The functions of the hot path, which this once made, stand in functions.postgres.sql.
select 1;
