-- Postings of rulings in the order of their numbers. $1 after, $2 up to
select adjustment_no, adjustment_id, group_key, source, reference, unit_code, kind, charge_period, decision_code, reason_code, channel, pool_code, rule, tier, amount_minor
from adjustment where adjustment_no > $1 and adjustment_no <= $2 order by adjustment_no
