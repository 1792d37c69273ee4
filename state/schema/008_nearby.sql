-- A message without Message-ID is compared with those that were looked at and are of about its size and date, and with no others.

CREATE INDEX item_looked ON item (size, date) WHERE core IS NOT NULL;

DROP INDEX message_bare;
CREATE INDEX message_bare ON message (account, size, date) WHERE hasid = 0;
