-- A message is read again when it is sent, and a checksum tells at little cost that it still has the bytes that were scanned.

ALTER TABLE copy ADD COLUMN sum BLOB;       -- CRC-32C of the clean bytes, big-endian; NULL: not known, exact tells
