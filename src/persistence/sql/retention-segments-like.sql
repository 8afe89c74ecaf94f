-- Which of some segments a pattern takes. $1 segments (text[]), $2 patterns of LIKE (text[])
select segment from unnest($1::text[]) as segment where segment like any ($2::text[])
