-- When each compacted topic got its last heartbeat: one of several processes sends them.
CREATE TABLE matching.heartbeats (topic text PRIMARY KEY, sent_at timestamptz NOT NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.heartbeats TO {service};

-- The vectors topics whose tombstone said that embedding's cache forgot the document, and when the last one said so.
ALTER TABLE matching.erasures ADD COLUMN forgotten_topics text[] NOT NULL DEFAULT '{{}}';
ALTER TABLE matching.erasures ADD COLUMN cache_at timestamptz;
