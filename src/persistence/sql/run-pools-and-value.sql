-- Pools and effects on retention of some runs, out of their documents. $1 runs (bigint[])
select run_id, document -> 'pools' as pools, document -> 'value' -> 'effects' as effects, document -> 'value' -> 'forecasts' as forecasts
from run where run_id = any ($1::bigint[])
