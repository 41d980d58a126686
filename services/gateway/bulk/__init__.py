"""Many documents in one request: its lines taken as they come, several at a time, and answered in their order."""
