-- Long work that is answered later. Whoever works on a job holds its row until the deed is committed together with its
-- outcome, so a job is done once, and what a killed process had begun is taken up again at once: its lock died with it.

-- Who acts in the current transaction, set by the service; unset = nobody.
create function acting_user() returns bigint
  language sql stable parallel safe
  return nullif(current_setting('app.user', true), '')::bigint;

create table job (
  job_id     bigint generated always as identity primary key,
  kind       text not null,
  work       text not null,                    -- what is to be done, as it was asked for; JSON
  asked_by   bigint not null references app_user,
  asked_as   text not null,                    -- role and units that its token was held to, door and request; JSON
  asked_at   timestamptz not null default now(),
  due_at     timestamptz not null default now(),
  state      text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
  outcome    text,                             -- the answer, or the problem
  file_name  text,                             -- of the file that it made
  ended_at   timestamptz,
  check ((state = 'waiting') = (ended_at is null))
);
create index job_due on job (due_at) where state = 'waiting';
create index job_of on job (asked_by, job_id);
grant select, insert, update on job to answerable_books;

-- How far a job is: written beside the deed's own transaction, so that others see it.
create table job_progress (
  job_id   bigint primary key references job,
  attempts smallint not null default 0,
  begun_at timestamptz,
  step     text,
  done     bigint not null default 0,
  total    bigint not null default 0
);
grant select, insert, update on job_progress to answerable_books;

-- The file that a job reads, until it has ended, and the one that it made; in parts.
create table job_file (
  job_id bigint not null references job,
  side   text not null check (side in ('in', 'out')),
  part   integer not null,
  bytes  bytea not null,
  primary key (job_id, side, part)
);
grant select, insert, delete on job_file to answerable_books;

do $$
declare
  target text;
begin
  foreach target in array array['job', 'job_progress', 'job_file'] loop
    execute format('alter table %I enable row level security', target);
    execute format('alter table %I force row level security', target);
    execute format('create policy all_jobs on %I to answerable_books using (true) with check (true)', target);
    execute format('grant select on %I to answerable_app', target);
  end loop;
end $$;
create policy own_jobs on job for select to answerable_app using (asked_by = acting_user());
create policy own_jobs on job_progress for select to answerable_app
  using (exists (select from job j where j.job_id = job_progress.job_id));
create policy own_jobs on job_file for select to answerable_app
  using (exists (select from job j where j.job_id = job_file.job_id));

do $$
begin
  assert not has_table_privilege('answerable_app', 'job', 'insert');
  assert not has_table_privilege('answerable_books', 'job', 'delete');
end $$;
