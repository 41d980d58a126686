-- API keys. {service} is the role that the running gateway connects as.
GRANT USAGE ON SCHEMA gateway TO {service};
-- To see whether all of them are applied, where another process applies them.
GRANT SELECT ON gateway.migrations TO {service};

-- Names only, so that work over all tenants knows which there are; no row level security.
CREATE TABLE gateway.tenants (tenant text PRIMARY KEY);
GRANT SELECT, INSERT ON gateway.tenants TO {service};

CREATE TABLE gateway.keys (
    -- The part of a key that may be shown: it stands in the key itself, behind its mark.
    id text PRIMARY KEY,
    tenant text NOT NULL,
    -- SHA-256 of the whole key, whose secret has 256 random bits: nothing slower is needed, and the key is nowhere.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    scopes text[] NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX keys_of_tenant ON gateway.keys (tenant, created_at, id);

ALTER TABLE gateway.keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.keys FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gateway.keys
    USING (tenant = current_setting('shortlist.tenant', true))
    WITH CHECK (tenant = current_setting('shortlist.tenant', true));
-- Before a key is looked up nobody knows its tenant: whoever names an id sees that one row, and cannot write it.
CREATE POLICY named ON gateway.keys FOR SELECT
    USING (id = current_setting('shortlist.key_id', true));
GRANT SELECT, INSERT, UPDATE ON gateway.keys TO {service};
