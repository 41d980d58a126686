-- The schema matching: one row per document from its first status on, spaces of vectors, receipts of erasures.
-- {service} is the role that the running service connects as.
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA IF NOT EXISTS matching;

-- Names only, so that work over all tenants knows which there are; no row level security.
CREATE TABLE matching.tenants (tenant text PRIMARY KEY);

CREATE TABLE matching.documents (
    tenant text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('resume', 'job')),
    id text NOT NULL,
    -- The newest submission: applied by (stamp, "offset", rank).
    status text NOT NULL,
    rank smallint NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    error_code text,
    error_message text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- The last indexed submission; all null before the first and after an erasure.
    indexed_stamp bigint,
    indexed_offset bigint,
    indexed_at timestamptz,
    source text,
    source_id text,
    title text,
    text text,
    description text,
    requirements jsonb,
    metadata jsonb,
    language text,
    sections jsonb,
    identity_spans jsonb,
    notes jsonb,
    as_of text,
    content_hash text,
    terms text[],
    -- The mark of the last erasure; stays for good.
    erased_stamp bigint,
    erased_offset bigint,
    PRIMARY KEY (tenant, kind, id)
);
CREATE INDEX documents_by_status ON matching.documents (tenant, kind, status, id);

CREATE TABLE matching.spaces (
    space text PRIMARY KEY CHECK (space ~ '^[0-9a-f]{{8}}$'),
    model text NOT NULL,
    dimension integer NOT NULL CHECK (dimension > 0),
    topic text NOT NULL,
    reading_group text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'building', 'retired')),
    registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX one_active_space ON matching.spaces (state) WHERE state = 'active';

CREATE TABLE matching.erasures (
    tenant text NOT NULL,
    receipt text NOT NULL,
    kind text NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    database_at timestamptz,
    topics_at timestamptz,
    PRIMARY KEY (tenant, receipt)
);

ALTER TABLE matching.documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.documents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.documents USING (tenant = current_setting('shortlist.tenant', true));
ALTER TABLE matching.erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.erasures USING (tenant = current_setting('shortlist.tenant', true));

GRANT USAGE ON SCHEMA matching TO {service};
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.documents, matching.erasures, matching.spaces TO {service};
GRANT SELECT, INSERT ON matching.tenants TO {service};
