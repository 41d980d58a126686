"""What keeps a fault from spreading: circuit breakers, retries, clients with deadlines."""
