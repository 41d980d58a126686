"""One member of a consumer group: polling, working on batches, retries, commits and its own liveness."""
