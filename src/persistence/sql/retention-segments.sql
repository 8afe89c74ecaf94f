-- Segments, ascending. $1 segments (text[])
select segment from unnest($1::text[]) as segment order by segment
