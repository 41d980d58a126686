-- Metadata are changed alone as well: the submission or change that made them what they are. Null where none named any.
ALTER TABLE matching.documents ADD COLUMN metadata_stamp bigint, ADD COLUMN metadata_offset bigint;
ALTER TABLE matching.documents NO FORCE ROW LEVEL SECURITY;
UPDATE matching.documents SET metadata_stamp = indexed_stamp, metadata_offset = indexed_offset
WHERE indexed_stamp IS NOT NULL;
ALTER TABLE matching.documents FORCE ROW LEVEL SECURITY;

-- What metadata were made of lately, so that a text that comes late has its metadata put below the changes after it, and
-- so that a change may come before its document. `replaces`: `change` is whole metadata, on which those after it stand;
-- else it is a merge patch. A document without rows has its metadata in its own row alone.
CREATE TABLE matching.metadata_changes (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    id text COLLATE "C" NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    replaces boolean NOT NULL,
    change jsonb NOT NULL,
    source text NOT NULL,
    source_id text NOT NULL,
    submitted_at text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, id, stamp, "offset")
);
CREATE INDEX metadata_changes_by_age ON matching.metadata_changes (tenant, noted_at);
ALTER TABLE matching.metadata_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.metadata_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.metadata_changes USING (tenant = current_setting('shortlist.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.metadata_changes TO {service};
