-- Issued versions of a period's statements, reopening by two people, and the order of period states, kept by the
-- database itself: whatever role asks, a period moves only as method 8 says.

create table issue (
  issue_id   bigint generated always as identity primary key,
  period     text not null references period,
  version    integer not null check (version > 0),
  run_id     bigint not null references run,
  supersedes bigint unique references issue,
  one_person boolean not null,                  -- issued while one person might prepare and approve
  head_no    bigint not null references audit_event,  -- newest event of the audit log at issue: printed beside the document
  head_hash  text not null,
  issued_by  bigint not null references app_user,
  issued_at  timestamptz not null default now(),
  unique (period, version),
  check ((version = 1) = (supersedes is null))
);
call make_append_only('issue');
grant select on issue to answerable_app;

create table issued_statement (
  number     text primary key,                  -- 2026-05/RETAIL/1: period, unit, version
  issue_id   bigint not null references issue,
  run_id     bigint not null,
  unit_code  text not null,
  version    integer not null,
  sha256     text not null,
  event_no   bigint not null unique references audit_event,
  supersedes text unique references issued_statement,
  unique (issue_id, unit_code),
  foreign key (run_id, unit_code) references statement
);
call make_append_only('issued_statement');
call protect_by_unit('issued_statement', 'unit_code');

-- Reopening a closed period: asked for by one person with a reason, confirmed by another.
create table reopen_request (
  request_id   bigint generated always as identity primary key,
  issue_id     bigint not null references issue,
  reason       text not null check (btrim(reason) <> ''),
  requested_by bigint not null references app_user,
  requested_at timestamptz not null default now()
);
call make_append_only('reopen_request');

create table reopen_confirmation (
  request_id   bigint primary key references reopen_request,
  confirmed_by bigint not null references app_user,
  confirmed_at timestamptz not null default now()
);
call make_append_only('reopen_confirmation');

create function refuse_own_reopening() returns trigger language plpgsql as $$
begin
  if not (select one_person from company)
    and new.confirmed_by = (select requested_by from reopen_request where request_id = new.request_id)
  then
    raise exception 'answerable: nobody confirms a reopening that they asked for' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger two_people before insert on reopen_confirmation for each row execute function refuse_own_reopening();

-- Who prepared does not issue either.
alter table period add check (one_person or issued_by is distinct from prepared_by or issued_by is null);
alter table period add check (one_person or issued_by is distinct from submitted_by or issued_by is null);

create function keep_period_order() returns trigger language plpgsql as $$
declare
  refused text;
begin
  if tg_op = 'INSERT' then
    if new.state <> 'open' or num_nonnulls(new.run_id, new.prepared_by, new.submitted_by, new.approved_by, new.issued_by) > 0 then
      refused := 'begins open';
    end if;
  elsif new is not distinct from old then
    return new;
  elsif new.period <> old.period then
    refused := 'keeps its month';
  elsif (old.state, new.state) not in (('open', 'calculated'), ('calculated', 'calculated'), ('calculated', 'in_review'),
    ('in_review', 'approved'), ('approved', 'closed'), ('in_review', 'calculated'), ('approved', 'calculated'), ('closed', 'calculated'))
  then
    refused := format('cannot go from %s to %s', old.state, new.state);
  elsif new.run_id is distinct from old.run_id and old.state not in ('open', 'calculated') then
    refused := format('that is %s keeps its run', old.state);
  elsif new.run_id is not null and new.period <> (select r.period from run r where r.run_id = new.run_id) then
    refused := 'takes a run of its own only';
  elsif new.state in ('in_review', 'approved', 'closed')
    and (new.prepared_by, new.run_id) is distinct from (old.prepared_by, old.run_id) then
    refused := 'keeps who prepared it';
  elsif new.state in ('approved', 'closed') and new.submitted_by is distinct from old.submitted_by then
    refused := 'keeps who handed it in';
  elsif new.state = 'closed' and new.approved_by is distinct from old.approved_by then
    refused := 'keeps who approved it';
  elsif new.one_person and not old.one_person and not (select c.one_person from company c) then
    refused := 'needs two people: the company does not run in one-person mode';
  elsif new.state = 'closed' then
    if not exists (select from issue i where i.period = new.period and i.run_id = new.run_id
      and not exists (select from issue later where later.supersedes = i.issue_id)) then
      refused := 'is closed by an issue of its run';
    elsif exists (select from period p where p.period > new.period and p.state = 'closed') then
      refused := 'cannot close after a later one';
    elsif exists (select from period p where p.period < new.period and p.state in ('calculated', 'in_review', 'approved')) then
      refused := 'cannot close before an earlier one that is under way';
    end if;
  elsif old.state = 'closed' then
    if exists (select from period p where p.period > old.period and p.state = 'closed') then
      refused := 'is not the newest closed one and stays closed';
    elsif not exists (select from issue i join reopen_request q using (issue_id) join reopen_confirmation c using (request_id)
      where i.period = old.period and not exists (select from issue later where later.supersedes = i.issue_id)) then
      refused := 'is reopened by two people, with a reason';
    end if;
  end if;
  if refused is not null then
    raise exception 'answerable: a period %', refused using errcode = 'restrict_violation',
      detail = format('period %s', new.period);
  end if;
  return new;
end $$;
create trigger keeps_order before insert or update on period for each row execute function keep_period_order();
