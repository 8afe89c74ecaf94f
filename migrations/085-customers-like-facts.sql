-- Customers come in the numbers of facts, and are kept like them. Imports are append-only, so the number of one stays good
-- without being looked up for every row; and the import itself proves, before it ends, that no id stands twice in a file.
-- What is left is the key by which facts of a customer meet: an id is found by its key and then by itself.
alter table customer drop constraint customer_import_id_fkey;
alter table customer drop constraint customer_pkey;
