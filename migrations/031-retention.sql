-- What a run posts of retention-linked revenue (method 7): management lines beside the tie-out and the journal.
-- Amounts in minor units of the reporting currency, gains positive.

-- A window of a cohort as the run posts it: cumulated effect less what earlier runs posted.
create table run_retention (
  run_id                bigint not null references run,
  effect                text not null check (effect in ('decision', 'service')),
  cohort                text not null,         -- month, and the decision of a decision effect
  window_days           integer not null check (window_days > 0),
  kind                  text not null check (kind in ('band', 'provisional', 'true_up')),
  buy_again_point       bigint not null,
  buy_more_point        bigint not null,
  spread_the_word_point bigint not null,
  buy_again_netted       bigint not null,
  buy_more_netted        bigint not null,
  spread_the_word_netted bigint not null,
  primary key (run_id, effect, cohort, window_days, kind)
);
call make_append_only('run_retention');

-- A posting shared out over the units that answer for its contacts or hits; 'not assigned' where nobody does.
create table run_retention_line (
  run_id        bigint not null references run,
  effect        text not null check (effect in ('decision', 'service')),
  cohort        text not null,
  window_days   integer not null,
  kind          text not null,
  stream        text not null check (stream in ('buyAgain', 'buyMore', 'spreadTheWord')),
  unit_code     text not null,
  decision_code text,
  point_minor   bigint not null,
  netted_minor  bigint not null,
  unique nulls not distinct (run_id, effect, cohort, window_days, kind, stream, unit_code, decision_code),
  foreign key (run_id, effect, cohort, window_days, kind) references run_retention
);
call make_append_only('run_retention_line');
call protect_by_unit('run_retention_line', 'unit_code');

-- What a unit's statement nets for a decision and charge period.
create table run_retention_credit (
  run_id             bigint not null references run,
  unit_code          text not null,
  decision_code      text not null,
  charge_period      text not null check (charge_period ~ '^[12]\d{3}-(0[1-9]|1[0-2])$'),
  tier               text check (tier in ('A', 'B', 'C', 'D')), -- null: the month is not on the books
  point_minor        bigint not null,
  netted_minor       bigint not null,
  credit_minor       bigint not null,
  above_cap_minor    bigint not null check (above_cap_minor >= 0),
  not_credited_minor bigint not null,
  primary key (run_id, unit_code, decision_code, charge_period)
);
call make_append_only('run_retention_credit');
call protect_by_unit('run_retention_credit', 'unit_code');
