-- How the facts are spread over a cluster; no row on one machine. No parameters
select citus_version, workers, shards from distribution order by distribution_no desc limit 1
