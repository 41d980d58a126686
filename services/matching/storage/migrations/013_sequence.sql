-- The sequence of the event that is indexed, beside its source, and of the deletion that erased the document last.
ALTER TABLE matching.documents
    ADD COLUMN sequence text COLLATE "C",
    ADD COLUMN sequence_type text,
    ADD COLUMN erased_source text,
    ADD COLUMN erased_sequence text COLLATE "C",
    ADD COLUMN erased_sequence_type text;

-- The sequences that the last events of a document came with, whatever became of those, and when they came; none of an
-- event that came late. They outlive an erasure: `line` is a hash of the source and the type, `event` a keyed hash as in
-- sent_events.
CREATE TABLE matching.sequences (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    id text COLLATE "C" NOT NULL,
    line bytea NOT NULL,
    sequence text COLLATE "C" NOT NULL,
    event bytea NOT NULL,
    stamp bigint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant, kind, id, line, stamp, "offset")
);
ALTER TABLE matching.sequences ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.sequences FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.sequences USING (tenant = current_setting('shortlist.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.sequences TO {service};
