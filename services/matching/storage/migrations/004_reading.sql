-- How far the topics are in this database: one that is empty, or a restored older one, says so, and the rest is read
-- again. What lies below `read_before` was worked on before, by the database that is gone.
CREATE TABLE matching.positions (
    topic text NOT NULL,
    number integer NOT NULL,
    next bigint NOT NULL,
    read_before bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, number)
);

-- The events that a document's revisions came from, as hashes: an older one that its producer sends again is known.
CREATE TABLE matching.events (
    tenant text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    event bytea NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant, kind, id, event)
);
ALTER TABLE matching.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.events USING (tenant = current_setting('shortlist.tenant', true));

-- The logs end on an older text, and a newer one was on its way when that was seen: should it fail, they are repaired.
ALTER TABLE matching.documents ADD COLUMN repair_owed boolean NOT NULL DEFAULT false;

-- The one sending of all texts that is under way, and up to which document it is. No row: none is.
CREATE TABLE matching.reembedding (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    after_tenant text NOT NULL DEFAULT '',
    after_kind text NOT NULL DEFAULT '',
    after_id text NOT NULL DEFAULT '',
    sent bigint NOT NULL DEFAULT 0,
    sender text,
    seen_at timestamptz
);

GRANT SELECT, INSERT, UPDATE, DELETE ON matching.positions, matching.events, matching.reembedding TO {service};
