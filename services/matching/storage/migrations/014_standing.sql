-- Until when documents are kept, and which jobs are closed: what was named last of each, and by which submission or
-- change. A row may be there before its document is. Nobody named what has no revision.
CREATE TABLE matching.standings (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    id text COLLATE "C" NOT NULL,
    expires_at timestamptz,
    expires_stamp bigint,
    expires_offset bigint,
    state text,
    state_stamp bigint,
    state_offset bigint,
    noted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, id)
);
CREATE INDEX standings_by_end ON matching.standings (tenant, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX standings_by_age ON matching.standings (tenant, noted_at);

-- Documents of which it was published that they are expired, and when: nobody else publishes it meanwhile.
CREATE TABLE matching.expiries (
    tenant text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    id text COLLATE "C" NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, kind, id)
);
-- Documents that a tenant's term of days may have passed for.
CREATE INDEX documents_by_submission ON matching.documents (tenant, stamp) WHERE status IN ('indexed', 'failed');

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['standings', 'expiries'] LOOP
        EXECUTE format('ALTER TABLE matching.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE matching.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON matching.%I USING (tenant = current_setting(''shortlist.tenant'', true))', name);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON matching.standings, matching.expiries TO {service};

-- Jobs of before are open, and filters know that.
ALTER TABLE matching.cards NO FORCE ROW LEVEL SECURITY;
ALTER TABLE matching.filter_values NO FORCE ROW LEVEL SECURITY;
DELETE FROM matching.filter_values WHERE key = '@state';
INSERT INTO matching.filter_values (tenant, kind, number, key, position, type, text_value)
SELECT tenant, kind, number, '@state', 0, 's', 'sopen' FROM matching.cards WHERE kind = 'job';
ALTER TABLE matching.cards FORCE ROW LEVEL SECURITY;
ALTER TABLE matching.filter_values FORCE ROW LEVEL SECURITY;
