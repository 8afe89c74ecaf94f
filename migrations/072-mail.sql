-- Issued statements by mail: where to, whether at each issue, and which job carries which statement to whom.
alter table app_user add column mail_address text
  check (mail_address ~ '^[^[:space:]@<>(),:;"\[\]\\]+@[^[:space:]@<>(),:;"\[\]\\]+$' and length(mail_address) <= 254);
alter table company add column mail_on_issue boolean not null default false;

create table statement_mail (
  number  text not null references issued_statement,
  user_id bigint not null references app_user,
  job_id  bigint not null unique references job,
  primary key (number, user_id, job_id)
);
grant select, insert on statement_mail to answerable_books;
