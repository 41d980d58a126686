-- What is found in a text beside its words, and the version of who found it: 0 is from before there was one.
ALTER TABLE matching.documents
    ADD COLUMN submitted_at text,
    ADD COLUMN entries jsonb,
    ADD COLUMN mentions jsonb,
    ADD COLUMN requirements_found jsonb,
    ADD COLUMN line_styles jsonb,
    ADD COLUMN structure_version integer NOT NULL DEFAULT 0,
    -- The version whose structure was sent to be embedded anew, and when; `infinity` where none could be found.
    ADD COLUMN derived_version integer,
    ADD COLUMN derived_at timestamptz;
CREATE INDEX documents_by_structure ON matching.documents (tenant, structure_version) WHERE indexed_stamp IS NOT NULL;

-- One of several processes derives the structures of older versions anew: which, and when it was last heard of.
CREATE TABLE matching.derivation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    worker text,
    seen_at timestamptz
);
INSERT INTO matching.derivation DEFAULT VALUES;
GRANT SELECT, UPDATE ON matching.derivation TO {service};

-- `as_of` was the moment of submission; now it is the day that "present" means in the text: that of the metadata where
-- they name one. The owner sees rows of all tenants only while the table does not force row level security on it.
ALTER TABLE matching.documents NO FORCE ROW LEVEL SECURITY;
UPDATE matching.documents SET
    submitted_at = as_of,
    as_of = CASE
        WHEN jsonb_typeof(metadata -> 'as_of') = 'string'
            AND metadata ->> 'as_of' ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'
            AND pg_input_is_valid(metadata ->> 'as_of', 'date') THEN metadata ->> 'as_of'
        ELSE left(as_of, 10)
    END
WHERE as_of IS NOT NULL;
ALTER TABLE matching.documents FORCE ROW LEVEL SECURITY;
