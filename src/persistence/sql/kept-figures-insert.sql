-- Keeps figures, and of their subject only the newest few. $1 subject, $2 basis, $3 figures, $4 how many stay beside them
with gone as (
  delete from kept_figure where subject = $1 and kept_no in
    (select kept_no from kept_figure where subject = $1 order by kept_no desc offset $4::int)
)
insert into kept_figure (subject, basis, figures) values ($1, $2, $3) on conflict do nothing
