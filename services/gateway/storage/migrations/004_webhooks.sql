-- Webhooks: who is told of what, what there was to tell, and how far telling it has come.

-- Names and times only, so that whoever delivers knows which tenants have something due; no row level security.
-- A tenant is here from its first webhook on. Null: nothing is on its way.
CREATE TABLE gateway.webhook_tenants (tenant text PRIMARY KEY, due_at timestamptz);
CREATE INDEX webhook_tenants_due ON gateway.webhook_tenants (due_at);
GRANT SELECT, INSERT, UPDATE ON gateway.webhook_tenants TO {service};

CREATE TABLE gateway.webhooks (
    tenant text NOT NULL,
    id text NOT NULL,
    url text NOT NULL,
    types text[] NOT NULL,
    description text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Signatures are made with it, so it has to be here as it is: whoever reads this table can sign.
    secret bytea NOT NULL CHECK (octet_length(secret) BETWEEN 24 AND 64),
    -- After a rotation the secret before goes on signing until then.
    previous_secret bytea CHECK (octet_length(previous_secret) BETWEEN 24 AND 64),
    previous_until timestamptz,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
    paused_at timestamptz,
    paused_for text,
    -- Failed attempts since the last success, and since when there are only such.
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    -- Nothing is sent before: it asked for that, or it has just failed.
    not_before timestamptz,
    last_attempt_at timestamptz,
    last_message text,
    last_type text,
    last_status integer,
    last_error text,
    last_error_at timestamptz,
    PRIMARY KEY (tenant, id)
);

-- What happened, once for each tenant, whatever the number of its webhooks: the whole body that is sent.
CREATE TABLE gateway.webhook_events (
    tenant text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    at timestamptz NOT NULL,
    body bytea NOT NULL,
    stored_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX webhook_events_at ON gateway.webhook_events (tenant, at);
CREATE INDEX webhook_events_stored ON gateway.webhook_events (tenant, stored_at);

-- One event on its way to one webhook. While `claim` is set and `due_at` lies ahead, a gateway is sending it; if that
-- gateway dies, it becomes due again by itself.
CREATE TABLE gateway.webhook_deliveries (
    tenant text NOT NULL,
    webhook_id text NOT NULL,
    event_id text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    give_up_at timestamptz NOT NULL,
    claim text,
    ended_at timestamptz,
    last_status integer,
    last_error text,
    PRIMARY KEY (tenant, webhook_id, event_id),
    FOREIGN KEY (tenant, webhook_id) REFERENCES gateway.webhooks ON DELETE CASCADE,
    FOREIGN KEY (tenant, event_id) REFERENCES gateway.webhook_events ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_due ON gateway.webhook_deliveries (tenant, webhook_id, due_at, number)
    WHERE state = 'pending';
CREATE INDEX webhook_deliveries_claimed ON gateway.webhook_deliveries (tenant, webhook_id, due_at)
    WHERE claim IS NOT NULL;
CREATE INDEX webhook_deliveries_failed ON gateway.webhook_deliveries (tenant, webhook_id) WHERE state = 'failed';
CREATE INDEX webhook_deliveries_newest ON gateway.webhook_deliveries (tenant, webhook_id, number);
CREATE INDEX webhook_deliveries_of_event ON gateway.webhook_deliveries (tenant, event_id);

ALTER TABLE gateway.webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gateway.webhooks
    USING (tenant = current_setting('shortlist.tenant', true))
    WITH CHECK (tenant = current_setting('shortlist.tenant', true));
ALTER TABLE gateway.webhook_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.webhook_events FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gateway.webhook_events
    USING (tenant = current_setting('shortlist.tenant', true))
    WITH CHECK (tenant = current_setting('shortlist.tenant', true));
ALTER TABLE gateway.webhook_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway.webhook_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON gateway.webhook_deliveries
    USING (tenant = current_setting('shortlist.tenant', true))
    WITH CHECK (tenant = current_setting('shortlist.tenant', true));
GRANT SELECT, INSERT, UPDATE, DELETE
    ON gateway.webhooks, gateway.webhook_events, gateway.webhook_deliveries TO {service};
