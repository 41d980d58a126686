-- Vectors of whole documents alone, so that a change of anything else does not touch their indexes; in partitions, so
-- that a small tenant has an index of its own size. `shard` spreads a large tenant over several.
CREATE TABLE matching.nearest_{space} (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    shard smallint NOT NULL DEFAULT 0,
    number bigint NOT NULL,
    document halfvec({dimension}) NOT NULL,
    PRIMARY KEY (tenant, kind, shard, number)
) PARTITION BY HASH (tenant, shard);
-- The first step of ranking: two vectors, of a document's head and of its body, as int8 with a float32 scale each; and
-- of its first units a bit for each number of their vectors. Both lie in the row where it holds them: of hundreds of
-- candidates at a time, each is one page of it then and not five. How large the document is says what it takes to
-- compare it: bytes of its text, bytes that are read to score it, units.
CREATE TABLE matching.cards_{space} (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    vectors bytea NOT NULL,
    unit_signs bytea NOT NULL,
    text_bytes integer NOT NULL,
    stored_bytes integer NOT NULL,
    units integer NOT NULL,
    PRIMARY KEY (tenant, kind, number)
);
ALTER TABLE matching.cards_{space} ALTER COLUMN vectors SET STORAGE MAIN, ALTER COLUMN unit_signs SET STORAGE MAIN;
-- What scoring derives from a document, in the form of `reading_version`; 0: not derived yet. The vectors of whole
-- documents lie in the table above from now on.
ALTER TABLE matching.vectors_{space}
    ADD COLUMN reading bytea,
    ADD COLUMN reading_version integer NOT NULL DEFAULT 0,
    ALTER COLUMN document DROP NOT NULL;
-- What is to be read: never was, or written by a process of before, which keeps `document` and knows no readings.
CREATE INDEX vectors_{space}_unread ON matching.vectors_{space} (tenant, kind, id)
    WHERE reading_version = 0 OR document IS NOT NULL;
DROP INDEX matching.vectors_{space}_resumes, matching.vectors_{space}_jobs;

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE matching.nearest_{space}_%s PARTITION OF matching.nearest_{space}
            FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
    END LOOP;
END $$;
ALTER TABLE matching.vectors_{space} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE matching.cards NO FORCE ROW LEVEL SECURITY;
INSERT INTO matching.nearest_{space} (tenant, kind, number, document)
SELECT v.tenant, v.kind, c.number, v.document
FROM matching.vectors_{space} v JOIN matching.cards c USING (tenant, kind, id);
ALTER TABLE matching.cards FORCE ROW LEVEL SECURITY;
ALTER TABLE matching.vectors_{space} FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('ALTER TABLE matching.nearest_{space}_%s ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE matching.nearest_{space}_%s FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('CREATE POLICY tenant ON matching.nearest_{space}_%s
            USING (tenant = current_setting(''shortlist.tenant'', true))', part);
    END LOOP;
END $$;
ALTER TABLE matching.nearest_{space} ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.nearest_{space} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.nearest_{space} USING (tenant = current_setting('shortlist.tenant', true));
ALTER TABLE matching.cards_{space} ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.cards_{space} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.cards_{space} USING (tenant = current_setting('shortlist.tenant', true));
-- Fewer links than pgvector's 16: an insert takes little more than half, and searches, which look at some more vectors
-- in return, find as many. docs/decisions/nearest.md has the figures.
CREATE INDEX nearest_{space}_resumes ON matching.nearest_{space}
    USING hnsw (document halfvec_cosine_ops) WITH (m = 12, ef_construction = 128) WHERE kind = 'resume';
CREATE INDEX nearest_{space}_jobs ON matching.nearest_{space}
    USING hnsw (document halfvec_cosine_ops) WITH (m = 12, ef_construction = 128) WHERE kind = 'job';
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.nearest_{space}, matching.cards_{space} TO {service};
-- The indexes of partitions are built anew, and their tables vacuumed, by the service role where the server can let it.
-- Left alone, a vacuum of many dead rows would come before that, and take longer than both.
DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('ALTER TABLE matching.nearest_{space}_%s
            SET (autovacuum_vacuum_scale_factor = 0.4, autovacuum_analyze_scale_factor = 0.05)', part);
        IF current_setting('server_version_num')::integer >= 170000 THEN
            EXECUTE format($grant$GRANT MAINTAIN ON matching.nearest_{space}_%s TO {service}$grant$, part);
        END IF;
    END LOOP;
END $$;
