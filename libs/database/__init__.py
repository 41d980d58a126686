"""PostgreSQL for the services that own a schema: transactions of one tenant, errors in two families, migrations."""
