"""matching: keeps documents, vectors and statuses in PostgreSQL, scores pairs and answers searches."""
