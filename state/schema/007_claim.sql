-- Messages are claimed by the hundred. One row says of all of them that they may be in the mailbox from now on; their own rows are
-- written once, when the answers have come. What is planned and in a claim, and nobody is at work on, is in doubt.

CREATE TABLE claim (
  id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: a row is deleted late, and another must not be hit
  mailbox     INTEGER NOT NULL REFERENCES mailbox,
  uidvalidity INTEGER NOT NULL,
  floor       INTEGER NOT NULL,             -- no UID below it can be theirs
  messages    TEXT    NOT NULL              -- JSON array of their numbers
) STRICT;

CREATE INDEX claim_mailbox ON claim (mailbox);
