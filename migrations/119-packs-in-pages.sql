-- A pack fills a page and lies there as it is: cut into parts of two kilobytes in a table beside, which is what becomes of
-- longer ones, it costs several times as much to write and to read. Older packs are longer and stay as they are.
alter table retention_pack set (toast_tuple_target = 8160);
