-- Pools of a run. $1 run
select pool_code, kind, layer, ledger_minor, received_minor, passed_minor, cost_minor, practical_quantity, used_quantity, standard_quantity,
  rate, standard_rate, charged_minor, variances_minor, unused_minor, unattributed_minor, withheld_minor, parked_minor
from run_pool where run_id = $1 order by pool_code collate "C"
