-- Journal files for the general ledger: one for each issue of a period, the same bytes whenever it is asked for, and what
-- the ledger answered.

create table journal (
  journal_no   bigint generated always as identity primary key, -- the file number
  issue_id     bigint not null unique references issue,
  mapping      text not null,                  -- the mapping file as it was
  mapping_hash text not null,
  content      bytea not null,
  sha256       text not null,
  lines        integer not null,
  total_minor  bigint not null check (total_minor >= 0), -- of debits, and of credits
  made_by      bigint not null references app_user,
  made_at      timestamptz not null default now()
);
call make_append_only('journal');

create table journal_receipt (
  journal_no  bigint primary key references journal,
  reference   text not null,                   -- the ledger's own document number
  booked_on   text not null,
  total_minor bigint not null,
  file_sha256 text not null,
  read_by     bigint not null references app_user,
  read_at     timestamptz not null default now()
);
call make_append_only('journal_receipt');
