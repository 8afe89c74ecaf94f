-- The newest run of a standing period that has a line, as far as the current role may see it. $1 line_id
select l.run_id, l.unit_code from statement_line l join period p on p.run_id = l.run_id where l.line_id = $1 order by l.run_id desc limit 1
