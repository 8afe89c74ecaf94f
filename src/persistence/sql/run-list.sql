-- Runs of a period, newest first. $1 period
select r.run_id, r.period, r.hash, r.inputs_hash, r.model_id, m.hash as model_hash, r.watermark, r.code_version, r.reads, u.login as prepared_by, r.created_at,
  p.run_id = r.run_id as standing, i.version as issued
from run r join model_version m using (model_id) left join app_user u on u.user_id = r.prepared_by left join period p on p.period = r.period
  left join lateral (select max(version) as version from issue where issue.run_id = r.run_id) i on true
where r.period = $1 order by r.run_id desc
