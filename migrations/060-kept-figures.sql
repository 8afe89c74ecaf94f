-- Figures that cost much to work out, kept under a digest of everything they rest on: imports up to a number, runs, rules,
-- the version of the code. With other inputs there is another digest, so that what is kept is never stale; whoever removes
-- rows loses time, no figure. No unit column: only the books read them, and answer each actor by their own rights.
create table kept_figure (
  kept_no bigint generated always as identity,
  subject text not null,                       -- what they are of
  basis   text not null,                       -- SHA-256
  figures bytea not null,                      -- packed by the application
  primary key (subject, basis)
);
alter table kept_figure alter column figures set storage external; -- packed already
grant select, insert, delete on kept_figure to answerable_books;

-- Pages look for a line by its id, and for the lines of a decision.
create index statement_line_id on statement_line (line_id);
create index statement_line_decision on statement_line (decision_code, run_id) where decision_code is not null;

do $$
begin
  assert not has_table_privilege('answerable_app', 'kept_figure', 'select');
  assert not has_table_privilege('answerable_books', 'kept_figure', 'update');
end $$;
