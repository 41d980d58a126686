"""The running model: queues of texts, batches, threads, and time limits."""
