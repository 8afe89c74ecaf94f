-- Segments of customers, ascending. $1 watermark
select distinct segment from customer where segment is not null and import_id <= $1 order by segment
