"""The one-machine stack: PostgreSQL + pgvector, Valkey and a Kafka broker as child processes, and their supervisor."""
