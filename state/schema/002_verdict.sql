-- What the plan finds out about a copy moves out of its row: to write it there touched every page of the largest table.
-- Only copies of which there is something to say have a verdict. copy.message stays unused: it is the copy's own id.

CREATE TABLE verdict (
  copy    INTEGER PRIMARY KEY REFERENCES copy ON DELETE CASCADE,
  message INTEGER,                          -- to which the copy belongs; NULL: to its own
  variant INTEGER,                          -- 1: its Message-ID is another message's too; NULL: 0
  content BLOB                              -- NULL: not needed so far
) STRICT;

INSERT INTO verdict (copy, message, variant, content)
  SELECT id, nullif(message, id), nullif(variant, 0), content FROM copy WHERE message <> id OR variant <> 0 OR content IS NOT NULL ORDER BY id;

CREATE INDEX verdict_message ON verdict (message) WHERE message IS NOT NULL;

DROP INDEX copy_message;
UPDATE copy SET message = id WHERE message <> id;
ALTER TABLE copy DROP COLUMN variant;
ALTER TABLE copy DROP COLUMN content;

-- The accounts count copies without reading them. Within a part the rows come in the order in which they are stored.
DROP INDEX copy_part;
CREATE INDEX copy_part ON copy (part, folder, state);

-- The loads of the mailboxes are summed up without reading the messages.
DROP INDEX message_queue;
CREATE INDEX message_queue    ON message (mailbox, state, copy, size);
CREATE INDEX message_rejected ON message (account) WHERE state = 3;
CREATE INDEX message_doubted  ON message (mailbox) WHERE doubted = 1;
