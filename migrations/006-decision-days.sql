-- Contacts of a decision in a run by the day that books them: the day of the hit for exposure rules, else the contact's.
create table run_decision_day (
  run_id        bigint not null references run,
  decision_code text not null,
  day           date not null,
  contacts      numeric not null,
  primary key (run_id, decision_code, day)
);
call make_append_only('run_decision_day');
