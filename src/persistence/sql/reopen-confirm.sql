-- Confirms a request to reopen. $1 request, $2 user
insert into reopen_confirmation (request_id, confirmed_by) values ($1, $2)
