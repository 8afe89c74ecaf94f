-- Answers to requests that changed something, by the key that their sender gave them: written in the transaction of the
-- deed, so that the same key again is the same deed, once.
create table idempotency_key (
  user_id     bigint not null references app_user,
  key         text not null check (length(key) between 1 and 128),
  fingerprint text not null,                   -- SHA-256 of method, path, query and body
  status      smallint not null,
  answer      text not null,                   -- JSON, without what is shown once
  created_at  timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_key_age on idempotency_key (created_at);
grant select, insert, update, delete on idempotency_key to answerable_books;
