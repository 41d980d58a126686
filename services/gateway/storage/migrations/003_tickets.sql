-- Tickets: each opens one event stream, for a minute, to whoever shows it. {service} is the running gateway's role.
CREATE TABLE gateway.tickets (
    -- SHA-256 of the ticket, which is nowhere itself.
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    tenant text NOT NULL,
    -- The public id of the key or token that it was made with. What a key opens is looked up when the ticket is shown;
    -- of a token nothing can be, so that scopes, person and end (in seconds since 1970) stand here.
    key_id text NOT NULL,
    scopes text[] NOT NULL,
    actor text,
    token_ends double precision,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX tickets_by_expiry ON gateway.tickets (tenant, expires_at);

ALTER TABLE gateway.tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gateway.tickets
    USING (tenant = current_setting('shortlist.tenant', true))
    WITH CHECK (tenant = current_setting('shortlist.tenant', true));
-- Before a ticket is looked up nobody knows its tenant: whoever shows one sees that one row, and may mark it as used.
CREATE POLICY shown ON gateway.tickets FOR SELECT
    USING (digest = decode(current_setting('shortlist.ticket', true), 'hex'));
CREATE POLICY used ON gateway.tickets FOR UPDATE
    USING (digest = decode(current_setting('shortlist.ticket', true), 'hex'));
GRANT SELECT, INSERT, DELETE, UPDATE (used_at) ON gateway.tickets TO {service};
