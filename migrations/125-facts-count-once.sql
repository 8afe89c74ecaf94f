-- Nearly every fact counts once: an import leaves its sign to the table, which costs less than to send and to read it.
alter table contact alter column sign set default 1;
alter table contact_segment alter column sign set default 1;
alter table exposure alter column sign set default 1;
alter table revenue alter column sign set default 1;
