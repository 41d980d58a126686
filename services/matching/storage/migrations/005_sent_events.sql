-- Which events were sent, at which revision first, as keyed hashes: one of a document that was erased since is known
-- when it is replayed, for as long as the submitted topics keep it. They outlive the erasure, so nothing can be tried
-- against them without the secret, which never leaves the database.
CREATE TABLE matching.sent_events_secret (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea NOT NULL
);
INSERT INTO matching.sent_events_secret (secret)
VALUES (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

CREATE TABLE matching.sent_events (
    tenant text COLLATE "C" NOT NULL,
    mark bytea NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, mark)
);
CREATE INDEX sent_events_by_age ON matching.sent_events (tenant, noted_at);
ALTER TABLE matching.sent_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.sent_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.sent_events USING (tenant = current_setting('shortlist.tenant', true));

GRANT SELECT ON matching.sent_events_secret TO {service};
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.sent_events TO {service};
