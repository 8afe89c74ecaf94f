-- Sessions of the pages, kept by the session store of the web server under the role it connects with.
create table web_session (
  sid    text primary key,
  sess   json not null,
  expire timestamp(6) not null
);
create index web_session_expire on web_session (expire);
grant select, insert, update, delete on web_session to answerable_app;
