"""Documents at the gateway: submitted, read, deleted, waited for, ranked."""
