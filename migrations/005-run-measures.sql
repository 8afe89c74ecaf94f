-- What contacts took, by pool and reason, as a run measured it: later periods derive standards from closed ones.
create table run_measure (
  run_id      bigint not null references run,
  pool_code   text not null,
  reason_code text not null,
  contacts    numeric not null check (contacts > 0),
  seconds     numeric not null,
  primary key (run_id, pool_code, reason_code)
);
call make_append_only('run_measure');
