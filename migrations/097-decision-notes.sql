-- What the owners of a decision say about it: who, for which unit, and when. Nothing is changed or taken back; what is out of
-- date is followed by a newer note. An owner writes for own units and reads theirs, the books read all.
create table decision_note (
  note_id       bigint generated always as identity primary key,
  decision_code text not null,
  unit_code     text not null,                 -- owner of the decision that the writer answers for
  text          text not null check (btrim(text) <> ''),
  written_by    bigint not null references app_user,
  written_at    timestamptz not null default now()
);
create index decision_note_of on decision_note (decision_code, note_id);
call make_append_only('decision_note');
call protect_by_unit('decision_note', 'unit_code');
grant insert on decision_note to answerable_app;
create policy write_own on decision_note for insert to answerable_app with check (unit_code = any (visible_units()));

-- A unit speaks for decisions that it has owned by what was ever imported, whatever the code forgets.
create function refuse_foreign_note() returns trigger language plpgsql as $$
begin
  if not exists (select from decision_owner o where o.decision_code = new.decision_code and o.unit_code = new.unit_code) then
    raise exception 'answerable: unit % does not own decision %', new.unit_code, new.decision_code using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger own_decision before insert on decision_note for each row execute function refuse_foreign_note();

do $$
begin
  assert has_table_privilege('answerable_app', 'decision_note', 'insert');
  assert not has_table_privilege('answerable_app', 'decision_note', 'update');
  assert not has_table_privilege('answerable_books', 'decision_note', 'delete');
end $$;
