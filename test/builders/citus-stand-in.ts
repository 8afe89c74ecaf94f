/**
 * Citus as far as `distribute` speaks to it, on one PostgreSQL: it writes down what it is asked, in order, and refuses
 * what Citus 12 and 13 refuse (triggers that were not asked for, identity columns smaller than bigint, unique indexes
 * without the distribution column, foreign keys, missing keys). It moves nothing.
 * @param workers host names that let the product's roles in; those with a "-" are not ready
 */
export const citusStandIn = (workers: readonly string[], version = '13.2.0'): string => `
create table public.asked (no integer generated always as identity, deed text not null, said text not null);
create table public.placed (table_name regclass primary key, kind text not null, distribution_column text, colocation_id integer);
grant select, insert, delete on public.asked, public.placed to public;
create view public.citus_tables as
  select table_name, kind as citus_table_type, coalesce(distribution_column, '<none>') as distribution_column, colocation_id from public.placed;
grant select on public.citus_tables to public;
create function public.citus_version() returns text language sql as $$ select 'Citus ${version} on x86_64-pc-linux-gnu' $$;
create function public.citus_get_active_worker_nodes() returns table (node_name text, node_port bigint)
  language sql as $$ select unnest('{${workers.join(',')}}'::text[]), 5432::bigint $$;
create function public.run_command_on_workers(command text, parallel boolean default true)
  returns table (nodename text, nodeport integer, success boolean, result text) language plpgsql as $$
begin
  insert into public.asked (deed, said) values ('workers', command);
  return query execute format('select node_name, 5432, node_name !~ ''-'', (%s)::text from public.citus_get_active_worker_nodes()',
    case when position('rolcanlogin' in command) > 0 then '3' else command end);
end $$;
create function public.check_table(what regclass, key text) returns void language plpgsql as $$
declare problem text;
begin
  if exists (select from public.placed where table_name = what) then raise exception 'table "%" is already distributed', what; end if;
  if coalesce(current_setting('citus.enable_unsafe_triggers', true), '') <> 'on'
    and exists (select from pg_trigger where tgrelid = what and not tgisinternal) then
    raise exception 'cannot distribute relation "%" because it has triggers and "citus.enable_unsafe_triggers" is set to "false"', what;
  end if;
  if exists (select from pg_attribute where attrelid = what and attidentity <> '' and atttypid <> 'bigint'::regtype) then
    raise exception 'cannot complete operation on % with smallint/int identity column', what;
  end if;
  if exists (select from pg_constraint where contype = 'f' and (conrelid = what or confrelid = what)) then
    raise exception 'foreign keys of % into tables of the coordinator', what;
  end if;
  if key is null then return; end if;
  if exists (select from pg_index i where i.indrelid = what and i.indisunique
      and not exists (select from pg_attribute a where a.attrelid = what and a.attname = key and a.attnum = any (i.indkey))) then
    raise exception 'cannot create constraint on "%": distributed relations cannot have unique constraints that do not include the partition column', what;
  end if;
  execute format('select ''null'' from %s where %I is null limit 1', what, key) into problem;
  if problem is not null then raise exception 'the partition column of table % cannot be NULL', what; end if;
end $$;
create function public.create_reference_table(table_name regclass) returns void language plpgsql as $$
begin
  perform public.check_table(table_name, null);
  insert into public.placed values (table_name, 'reference', null, 0);
  insert into public.asked (deed, said) values ('reference', table_name);
end $$;
create function public.create_distributed_table(table_name regclass, distribution_column text, distribution_type text default 'hash',
  colocate_with text default 'default', shard_count integer default null) returns void language plpgsql as $$
begin
  perform public.check_table(table_name, distribution_column);
  if current_setting('citus.multi_shard_modify_mode', true) is distinct from 'sequential' then
    raise exception 'cannot run create_distributed_table: there was a parallel operation in the transaction';
  end if;
  insert into public.placed select table_name, 'distributed', distribution_column,
    case when colocate_with = 'none' then (select count(*) + 1 from public.placed)
      else (select p.colocation_id from public.placed p where p.table_name = colocate_with::regclass) end;
  insert into public.asked (deed, said)
    values ('distribute', format('%s by %s with %s, %s shards', table_name, distribution_column, colocate_with, coalesce(shard_count::text, 'its')));
end $$;
create function public.truncate_local_data_after_distributing_table(function_table regclass) returns void language plpgsql as $$
begin
  if exists (select from pg_trigger where tgrelid = function_table and not tgisinternal and tgname = 'append_only_all') then
    raise exception 'answerable: % is append-only; truncate refused', function_table;
  end if;
  insert into public.asked (deed, said) values ('empty here', function_table);
end $$;
`;
