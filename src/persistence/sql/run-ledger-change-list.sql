-- Ledgers of closed periods that changed after their issue, as a run booked them. $1 run
select charge_period, amount_minor from run_ledger_change where run_id = $1 order by charge_period
