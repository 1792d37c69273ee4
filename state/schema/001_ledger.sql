-- The ledger: every copy, message and upload of one or more accounts.
-- Times are Unix seconds. Digests are SHA-256, keys its first 16 bytes (package dedupe).

CREATE TABLE account (
  id      INTEGER PRIMARY KEY,
  target  TEXT    NOT NULL UNIQUE,          -- canonical URL, never a secret
  created INTEGER NOT NULL,
  plan    TEXT    NOT NULL DEFAULT '',      -- what the plan was made from; '' = plan again
  waiting INTEGER NOT NULL DEFAULT 0,       -- until when the server asked to be left alone
  asked   INTEGER NOT NULL DEFAULT 0,       -- for how many seconds, should the clock be set meanwhile
  reason  TEXT    NOT NULL DEFAULT ''       -- and its words
) STRICT;

CREATE TABLE run (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account,
  command TEXT    NOT NULL,
  version TEXT    NOT NULL,
  started INTEGER NOT NULL,
  ended   INTEGER,                          -- NULL: under way, or killed
  outcome TEXT    NOT NULL DEFAULT '',
  tally   TEXT    NOT NULL DEFAULT ''       -- JSON of the accounts at the end
) STRICT;

CREATE TABLE source (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account,
  kind    TEXT    NOT NULL,
  path    TEXT    NOT NULL,
  UNIQUE (account, kind, path)
) STRICT;

CREATE TABLE part (
  id      INTEGER PRIMARY KEY,
  source  INTEGER NOT NULL REFERENCES source,
  name    TEXT    NOT NULL,
  stamp   TEXT    NOT NULL DEFAULT '',      -- what it looked like when all its copies were in; '' = read it
  run     INTEGER NOT NULL DEFAULT 0,       -- the last run that saw it
  remarks TEXT    NOT NULL DEFAULT '',      -- one a line
  error   TEXT    NOT NULL DEFAULT '',      -- why it could not be read to its end
  UNIQUE (source, name)
) STRICT;

CREATE TABLE mailbox (
  id      INTEGER PRIMARY KEY,
  account INTEGER NOT NULL REFERENCES account,
  name    TEXT    NOT NULL,                 -- decoded, with the server's delimiter
  role    INTEGER NOT NULL DEFAULT 0,
  made    INTEGER NOT NULL DEFAULT 0,       -- 1: created by us
  UNIQUE (account, name)
) STRICT;

CREATE TABLE folder (
  id       INTEGER PRIMARY KEY,
  source   INTEGER NOT NULL REFERENCES source,
  name     TEXT    NOT NULL,                -- as shown: account and path
  account  TEXT    NOT NULL,                -- the source's own account name
  path     TEXT    NOT NULL,                -- JSON array of names
  role     INTEGER NOT NULL,
  mailbox  INTEGER REFERENCES mailbox,
  excluded INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, name)
) STRICT;

CREATE TABLE copy (
  id         INTEGER PRIMARY KEY,
  part       INTEGER NOT NULL REFERENCES part,
  folder     INTEGER NOT NULL REFERENCES folder,
  ref        TEXT    NOT NULL,
  state      INTEGER NOT NULL,              -- 0 live, 1 expunged, 2 unreadable
  size       INTEGER NOT NULL,              -- clean bytes
  exact      BLOB,
  key        BLOB,
  content    BLOB,                          -- NULL: not needed so far
  hasid      INTEGER NOT NULL,
  trace      INTEGER NOT NULL,
  partial    INTEGER NOT NULL,
  rebuilt    INTEGER NOT NULL,
  flags      INTEGER NOT NULL,
  keywords   TEXT    NOT NULL,              -- separated by blanks
  date       INTEGER NOT NULL,
  daterank   INTEGER NOT NULL,              -- 0 is the most credible
  variant    INTEGER NOT NULL DEFAULT 0,
  message_id TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  flaw       TEXT    NOT NULL,              -- of a live copy; why, of an unreadable one
  message    INTEGER NOT NULL               -- its message; its own id until the plan says otherwise
) STRICT;

CREATE INDEX copy_part    ON copy (part);
CREATE INDEX copy_message ON copy (message);

CREATE TABLE message (
  id          INTEGER PRIMARY KEY,          -- the id of its first copy
  account     INTEGER NOT NULL REFERENCES account,
  copy        INTEGER NOT NULL,             -- the best copy, the one that is sent; it may be gone once the message is done
  mailbox     INTEGER NOT NULL REFERENCES mailbox,
  size        INTEGER NOT NULL,
  exact       BLOB    NOT NULL,
  key         BLOB    NOT NULL,
  content     BLOB,
  hasid       INTEGER NOT NULL,
  trace       INTEGER NOT NULL,
  partial     INTEGER NOT NULL,
  variant     INTEGER NOT NULL,
  flags       INTEGER NOT NULL,
  keywords    TEXT    NOT NULL,
  date        INTEGER NOT NULL,
  message_id  TEXT    NOT NULL,
  subject     TEXT    NOT NULL,
  state       INTEGER NOT NULL DEFAULT 0,   -- 0 planned, 1 sending, 2 done, 3 rejected, 4 being removed again
  how         INTEGER NOT NULL DEFAULT 0,   -- of a done one: 1 appended, 2 adopted after a doubt, 3 present, 4 moved
  run         INTEGER NOT NULL DEFAULT 0,   -- that settled it
  uidvalidity INTEGER NOT NULL DEFAULT 0,
  uid         INTEGER NOT NULL DEFAULT 0,
  floor       INTEGER NOT NULL DEFAULT 0,   -- no UID below it can be ours
  tries       INTEGER NOT NULL DEFAULT 0,
  doubted     INTEGER NOT NULL DEFAULT 0,   -- 1: was sent again after a doubt
  missing     INTEGER NOT NULL DEFAULT 0,   -- 1: verify did not find it
  repair      INTEGER NOT NULL DEFAULT 0,   -- how far the bytes were changed, because the server refused them as they are
  sent        BLOB,                         -- digest of the bytes that are sent, if repaired
  sentsize    INTEGER NOT NULL DEFAULT 0,   -- their number
  reason      TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX message_queue ON message (mailbox, state, copy);
-- No two messages may be the same message on the server.
CREATE UNIQUE INDEX message_uid ON message (mailbox, uidvalidity, uid) WHERE state = 2;

-- What lies in the quarantine, so that a message that is refused in every run is kept once.
CREATE TABLE quarantine (
  account INTEGER NOT NULL REFERENCES account,
  digest  BLOB    NOT NULL,
  PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;

-- Every refusal, so that what was tried can be told.
CREATE TABLE attempt (
  message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
  repair  INTEGER NOT NULL,
  time    INTEGER NOT NULL,
  reason  TEXT    NOT NULL,
  PRIMARY KEY (message, repair)
) STRICT, WITHOUT ROWID;
