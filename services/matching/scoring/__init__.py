"""How well a resume answers a job, and which documents answer a query: pure functions over stored vectors."""
