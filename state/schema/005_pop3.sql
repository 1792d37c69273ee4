-- What POP3 leaves behind: the UIDL that a mail client noted in its copy, and since when a message is known to be on the target.

ALTER TABLE copy ADD COLUMN uidl TEXT;      -- NULL: none

CREATE INDEX copy_uidl ON copy (part) WHERE uidl IS NOT NULL;

CREATE TABLE verified (
  message INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  time    INTEGER NOT NULL,                 -- when verify found it, for the first time since it was missing
  run     INTEGER NOT NULL
) STRICT;
