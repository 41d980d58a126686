-- What came of a request with an Idempotency-Key. {service} is the role that the running gateway connects as.
CREATE TABLE gateway.idempotency (
    tenant text NOT NULL,
    key text NOT NULL,
    -- SHA-256 of what was asked for.
    request bytea NOT NULL CHECK (octet_length(request) = 32),
    -- Who works on it may do so until then; renewed on the way. Whoever comes later does it again.
    leased_until timestamptz NOT NULL,
    lease uuid NOT NULL,
    -- The answer, once there is one: never a document's text, which an erasure could not find here.
    status smallint,
    headers jsonb,
    body jsonb,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, key)
);
CREATE INDEX idempotency_by_expiry ON gateway.idempotency (tenant, expires_at);

ALTER TABLE gateway.idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gateway.idempotency
    USING (tenant = current_setting('shortlist.tenant', true))
    WITH CHECK (tenant = current_setting('shortlist.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON gateway.idempotency TO {service};
