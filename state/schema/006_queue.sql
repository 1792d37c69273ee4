-- The queue: the accounts that a batch works on, several at once, and how far each of them is.

CREATE TABLE round (                        -- a walk over all accounts of a file
  id      INTEGER PRIMARY KEY,
  file    TEXT    NOT NULL,
  started INTEGER NOT NULL,
  ended   INTEGER                           -- NULL: some accounts have not had their turn
) STRICT;

CREATE TABLE queue (
  account   INTEGER PRIMARY KEY REFERENCES account,
  round     INTEGER NOT NULL,               -- the last one that the account takes part in
  line      INTEGER NOT NULL,               -- in the file
  name      TEXT    NOT NULL,               -- what people call it
  digest    BLOB    NOT NULL,               -- of the line, which holds no secret
  state     INTEGER NOT NULL,               -- 0 waiting, 1 at work, 2 done, 3 done but for some messages, 4 needs a person
  attempts  INTEGER NOT NULL DEFAULT 0,     -- in a row that did not end well
  notbefore INTEGER NOT NULL DEFAULT 0,     -- when the next one is due
  since     INTEGER NOT NULL DEFAULT 0,     -- when the state was set
  cause     TEXT    NOT NULL DEFAULT '',    -- in a word: sign-in, full, source, …
  reason    TEXT    NOT NULL DEFAULT '',    -- in the words of whoever said it
  mark      BLOB,                           -- of a refused password: tells whether it changed, and nothing else of it
  tally     TEXT    NOT NULL DEFAULT ''     -- JSON of the accounts of the last run that came to an end
) STRICT;

CREATE INDEX queue_round ON queue (round, line);
CREATE INDEX run_account ON run (account);
-- What is an account's is found without reading the others'.
CREATE INDEX message_account ON message (account);
