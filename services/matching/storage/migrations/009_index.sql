-- What candidates are found by, kept beside documents and vectors and derived from them: cards, words, filters, people.
-- A document has a number from its first card on until it is erased; tables of the index name it by that.
CREATE SEQUENCE matching.document_numbers;
-- A card has another version whenever its terms are others, so that older postings of the number are told from its own.
CREATE SEQUENCE matching.card_versions;

CREATE TABLE matching.cards (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    -- 0: made by the migration, and not derived from the text yet.
    reading_version integer NOT NULL DEFAULT 0,
    -- Terms in the text, with repetitions.
    length integer NOT NULL DEFAULT 0,
    -- Distinct terms as sorted uint32 hashes, then a count of each as uint8, little-endian.
    terms bytea NOT NULL DEFAULT ''::bytea,
    PRIMARY KEY (tenant, kind, number) INCLUDE (id),
    UNIQUE (tenant, kind, id) INCLUDE (number)
);
ALTER TABLE matching.cards ALTER COLUMN terms SET STORAGE MAIN;
CREATE INDEX cards_by_reading ON matching.cards (tenant, reading_version);

-- Cards whose terms no segment has yet: they are looked through one by one.
CREATE TABLE matching.unpacked (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    version bigint NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, number)
);

-- A segment is the immutable inverted index of some documents; a document's place in it is its ordinal. `numbers` and
-- `versions` are int64, little-endian, by ordinal.
CREATE SEQUENCE matching.segment_numbers;
CREATE TABLE matching.segments (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    segment bigint NOT NULL,
    documents integer NOT NULL,
    numbers bytea NOT NULL,
    versions bytea NOT NULL,
    -- How many of its documents erasures took out: both are 0 in their places.
    erased integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, segment)
);
ALTER TABLE matching.segments ALTER COLUMN numbers SET STORAGE EXTERNAL, ALTER COLUMN versions SET STORAGE EXTERNAL;
-- `postings`: of each document that has the term its impact (uint8), greatest first, then the ordinal (uint16) of each in
-- the same order. `strengths`: of a term that many of the segment's documents have, 4 bits for each of these by ordinal.
-- Not compressed, so that a beginning alone can be read.
CREATE TABLE matching.postings (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    term integer NOT NULL,
    segment bigint NOT NULL,
    documents integer NOT NULL,
    postings bytea NOT NULL,
    strengths bytea,
    PRIMARY KEY (tenant, kind, term, segment)
);
ALTER TABLE matching.postings ALTER COLUMN postings SET STORAGE EXTERNAL, ALTER COLUMN strengths SET STORAGE EXTERNAL;
CREATE INDEX postings_by_segment ON matching.postings (tenant, kind, segment);
-- Versions of cards that are gone and that segments may still hold, with their terms, by which they are found there.
-- `receipt`: of the erasure that waits for it.
CREATE TABLE matching.buried (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    version bigint NOT NULL,
    terms bytea NOT NULL,
    receipt text COLLATE "C",
    buried_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, number, version)
);
CREATE INDEX buried_by_receipt ON matching.buried (tenant, receipt) WHERE receipt IS NOT NULL;

-- Metadata and language, a row for each value. `type`: s string, b boolean, n number, d a string's date, e an empty list.
-- `text_value`: the type's letter and the value, so that equal values have equal texts (null for d and e);
-- `number_value`: of numbers, and of dates their seconds since 1970.
CREATE TABLE matching.filter_values (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    position smallint NOT NULL,
    type "char" NOT NULL,
    text_value text COLLATE "C",
    number_value double precision,
    PRIMARY KEY (tenant, kind, number, key, position)
);
CREATE INDEX filter_values_by_text ON matching.filter_values (tenant, kind, key, text_value, number);
CREATE INDEX filter_values_by_number ON matching.filter_values (tenant, kind, key, type, number_value, number)
    WHERE number_value IS NOT NULL;

-- By what a person is found in lists: words of names, e-mail addresses, ends of telephone numbers. Nothing else reads it.
CREATE TABLE matching.identity_terms (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    term text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, kind, term, number)
);
CREATE INDEX identity_terms_by_number ON matching.identity_terms (tenant, kind, number);

-- Texts that were sent to be embedded anew, which are counted before more are sent.
CREATE INDEX documents_on_the_way ON matching.documents (tenant, derived_at) WHERE derived_at IS NOT NULL;
-- What changed since a moment, for lists.
CREATE INDEX documents_by_update ON matching.documents (tenant, kind, updated_at) INCLUDE (status, id);

-- Of a tenant that has very many documents of a kind the vectors are spread over so many shards, by number.
CREATE TABLE matching.nearest_shards (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    shards smallint NOT NULL,
    PRIMARY KEY (tenant, kind)
);

ALTER TABLE matching.erasures ADD COLUMN index_at timestamptz;
-- A position in the write-ahead log behind the erasure's commit; NULL until somebody who sees it committed sets it.
-- Replicas that have not replayed the greatest of a tenant serve none of its reads.
ALTER TABLE matching.erasures ADD COLUMN position pg_lsn;
CREATE INDEX erasures_by_position ON matching.erasures (tenant, position DESC NULLS FIRST);

-- One of several processes derives cards and readings of older versions anew: which, and when it was last heard of.
CREATE TABLE matching.reading_derivation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    worker text,
    seen_at timestamptz
);
INSERT INTO matching.reading_derivation DEFAULT VALUES;
GRANT SELECT, UPDATE ON matching.reading_derivation TO {service};

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['cards', 'unpacked', 'segments', 'postings', 'buried', 'filter_values', 'identity_terms',
        'nearest_shards'] LOOP
        EXECUTE format('ALTER TABLE matching.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE matching.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON matching.%I USING (tenant = current_setting(''shortlist.tenant'', true))', name);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.cards, matching.unpacked, matching.segments, matching.postings,
    matching.buried, matching.filter_values, matching.identity_terms, matching.nearest_shards TO {service};
GRANT USAGE ON SEQUENCE matching.document_numbers, matching.card_versions, matching.segment_numbers TO {service};

-- What is stored already has cards at once; what is in them is derived in the background.
ALTER TABLE matching.documents NO FORCE ROW LEVEL SECURITY;
ALTER TABLE matching.cards NO FORCE ROW LEVEL SECURITY;
INSERT INTO matching.cards (tenant, kind, number, id, version)
SELECT tenant, kind, nextval('matching.document_numbers'), id, nextval('matching.card_versions')
FROM matching.documents WHERE indexed_stamp IS NOT NULL;
ALTER TABLE matching.documents FORCE ROW LEVEL SECURITY;
ALTER TABLE matching.cards FORCE ROW LEVEL SECURITY;
-- Erasures of before left nothing in an index.
ALTER TABLE matching.erasures NO FORCE ROW LEVEL SECURITY;
UPDATE matching.erasures SET index_at = database_at;
ALTER TABLE matching.erasures FORCE ROW LEVEL SECURITY;
