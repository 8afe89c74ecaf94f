-- Acceptance of issued statements by an owner of the unit: once for each, with who and when. An accepted statement's
-- lines are no longer disputed.

create table statement_acceptance (
  number      text primary key references issued_statement,
  unit_code   text not null,
  accepted_by bigint not null references app_user,
  accepted_at timestamptz not null default now()
);
call make_append_only('statement_acceptance');
call protect_by_unit('statement_acceptance', 'unit_code');
grant insert on statement_acceptance to answerable_app;
create policy accept_own on statement_acceptance for insert to answerable_app with check (unit_code = any (visible_units()));

-- A unit accepts its own statement, not another's through a number.
create function refuse_foreign_statement() returns trigger language plpgsql as $$
begin
  if not exists (select from issued_statement s where s.number = new.number and s.unit_code = new.unit_code) then
    raise exception 'answerable: statement % is not of unit %', new.number, new.unit_code using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger own_statement before insert on statement_acceptance for each row execute function refuse_foreign_statement();

do $$
begin
  assert has_table_privilege('answerable_app', 'statement_acceptance', 'insert');
  assert not has_table_privilege('answerable_app', 'statement_acceptance', 'update');
end $$;
