-- The vectors of one space. Windows and units lie packed in the document's row.
CREATE TABLE matching.vectors_{space} (
    tenant text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    document halfvec({dimension}) NOT NULL,
    -- float32 and int8, row-major, little-endian; spans are pairs of int32.
    windows bytea NOT NULL,
    window_spans bytea NOT NULL,
    units bytea NOT NULL,
    unit_scales bytea NOT NULL,
    unit_spans bytea NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);
ALTER TABLE matching.vectors_{space} ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.vectors_{space} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.vectors_{space} USING (tenant = current_setting('shortlist.tenant', true));
CREATE INDEX vectors_{space}_resumes ON matching.vectors_{space}
    USING hnsw (document halfvec_cosine_ops) WHERE kind = 'resume';
CREATE INDEX vectors_{space}_jobs ON matching.vectors_{space}
    USING hnsw (document halfvec_cosine_ops) WHERE kind = 'job';
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.vectors_{space} TO {service};
