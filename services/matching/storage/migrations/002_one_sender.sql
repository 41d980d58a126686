-- A table with a column `tenant` holds rows of tenants and is under row level security; this one lists them.
ALTER TABLE matching.tenants RENAME COLUMN tenant TO name;

-- When the texts that a building space lacks were last sent: one of several processes sends them.
ALTER TABLE matching.spaces ADD COLUMN sent_at timestamptz;
