-- A unit owner sees which run, model and inputs an own statement stands on, never the run's document of all units.
grant select (run_id, period, hash, inputs_hash, model_id, created_at) on run to answerable_app;
grant select (model_id, from_period, hash) on model_version to answerable_app;
