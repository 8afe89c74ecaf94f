-- Figures kept under a basis. $1 subject, $2 basis
select figures from kept_figure where subject = $1 and basis = $2
