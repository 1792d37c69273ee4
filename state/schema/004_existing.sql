-- What the target holds already takes part in a migration: an index of it, what is the same as a planned message, what was done to it.

-- How far a mailbox is in the index.
CREATE TABLE stock (
  mailbox     INTEGER PRIMARY KEY REFERENCES mailbox,
  uidvalidity INTEGER NOT NULL,
  uidnext     INTEGER NOT NULL,             -- what has a UID below it is in the index
  messages    INTEGER NOT NULL,             -- so many
  modseq      INTEGER NOT NULL              -- flags are known up to it; 0: the server doesn't count
) STRICT;

-- A message on the target, as it was when it was looked at last.
CREATE TABLE item (
  mailbox     INTEGER NOT NULL REFERENCES mailbox,
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  size        INTEGER NOT NULL,             -- RFC822.SIZE
  date        INTEGER NOT NULL,             -- INTERNALDATE
  flags       INTEGER NOT NULL,
  deleted     INTEGER NOT NULL,             -- 1: marked \Deleted
  keywords    TEXT    NOT NULL,             -- separated by blanks
  key         BLOB    NOT NULL,             -- of the Message-ID; after a look at the body, what that says; empty: no Message-ID
  exact       BLOB,                         -- of the body, if it was fetched, as all that follows
  content     BLOB,
  core        BLOB,
  trace       INTEGER,
  PRIMARY KEY (mailbox, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

CREATE INDEX item_key   ON item (key, size);
CREATE INDEX item_exact ON item (exact) WHERE exact IS NOT NULL;

-- Where a planned message lies already. Found out anew by each plan, and looked at once more before anything is done.
CREATE TABLE existing (
  message     INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  mailbox     INTEGER NOT NULL REFERENCES mailbox,
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  way         INTEGER NOT NULL,             -- 3 it stays there, 4 it is to be moved, 5 it is to be copied (a label)
  UNIQUE (mailbox, uidvalidity, uid)
) STRICT;

-- A message on the target that was moved or is being moved. The row is there before the first command.
CREATE TABLE move (
  id          INTEGER PRIMARY KEY,
  account     INTEGER NOT NULL REFERENCES account,
  message     INTEGER REFERENCES message ON DELETE CASCADE, -- NULL: a duplicate inside of the account
  state       INTEGER NOT NULL,             -- 1 on its way, 2 there, 3 on its way back
  label       INTEGER NOT NULL DEFAULT 0,   -- 1: it stays where it is, too
  mailbox     INTEGER NOT NULL REFERENCES mailbox, -- where it was
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  target      INTEGER NOT NULL REFERENCES mailbox, -- where it goes
  validity    INTEGER NOT NULL,             -- UIDVALIDITY of the mailbox that it is on its way to, or in
  floor       INTEGER NOT NULL,             -- no UID below it can be it there
  there       INTEGER NOT NULL DEFAULT 0,   -- its UID in target
  size        INTEGER NOT NULL,             -- what it is known by
  date        INTEGER NOT NULL,
  key         BLOB    NOT NULL
) STRICT;

CREATE INDEX move_state   ON move (account, state, target, there);
CREATE INDEX move_origin  ON move (mailbox, uidvalidity, uid);
CREATE INDEX move_message ON move (message) WHERE message IS NOT NULL;

-- Flags that were given to messages of the target, so that they can be taken away again.
CREATE TABLE given (
  mailbox     INTEGER NOT NULL REFERENCES mailbox,
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  flags       TEXT    NOT NULL,             -- separated by blanks
  PRIMARY KEY (mailbox, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- Where a message was filed in the sources: by hand, in a folder of the mail client, … (the less, the better).
ALTER TABLE message ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
UPDATE account SET plan = '';

CREATE INDEX message_bare ON message (account, size) WHERE hasid = 0;

-- Messages of the target that are the same as another one there. Found out anew each time.
CREATE TABLE duplicate (
  mailbox     INTEGER NOT NULL REFERENCES mailbox,
  uidvalidity INTEGER NOT NULL,
  uid         INTEGER NOT NULL,
  keeper      INTEGER NOT NULL,             -- mailbox of the one that stays
  keptin      INTEGER NOT NULL,             -- its UIDVALIDITY
  kept        INTEGER NOT NULL,             -- and the UID
  PRIMARY KEY (mailbox, keeper, uidvalidity, uid)
) STRICT, WITHOUT ROWID;
