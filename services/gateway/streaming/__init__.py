"""The statuses of a tenant's documents as a stream of events, from any point of the status topic on."""
