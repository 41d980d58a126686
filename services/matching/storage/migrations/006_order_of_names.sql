-- Names are ordered by their bytes, as the code orders them, whatever the database's own collation is: work over all
-- tenants and pages of ids compare in both. (Of a kind, `job` or `resume`, every collation thinks alike.) A policy names its column, so each is dropped and made again around it.
ALTER TABLE matching.tenants ALTER COLUMN name TYPE text COLLATE "C";

DROP POLICY tenant ON matching.documents;
ALTER TABLE matching.documents
    ALTER COLUMN tenant TYPE text COLLATE "C",
    ALTER COLUMN id TYPE text COLLATE "C";
CREATE POLICY tenant ON matching.documents USING (tenant = current_setting('shortlist.tenant', true));

DROP POLICY tenant ON matching.erasures;
ALTER TABLE matching.erasures
    ALTER COLUMN tenant TYPE text COLLATE "C",
    ALTER COLUMN receipt TYPE text COLLATE "C";
CREATE POLICY tenant ON matching.erasures USING (tenant = current_setting('shortlist.tenant', true));

DROP POLICY tenant ON matching.events;
ALTER TABLE matching.events
    ALTER COLUMN tenant TYPE text COLLATE "C",
    ALTER COLUMN id TYPE text COLLATE "C";
CREATE POLICY tenant ON matching.events USING (tenant = current_setting('shortlist.tenant', true));

ALTER TABLE matching.spaces ALTER COLUMN space TYPE text COLLATE "C", ALTER COLUMN topic TYPE text COLLATE "C";
ALTER TABLE matching.heartbeats ALTER COLUMN topic TYPE text COLLATE "C";
ALTER TABLE matching.positions ALTER COLUMN topic TYPE text COLLATE "C";
