-- Makes a period's row when it is absent. $1 period
insert into period (period) values ($1) on conflict (period) do nothing
