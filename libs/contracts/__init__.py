"""What the services agree on: topics, events, identifiers, revisions. Imports nothing else of ours."""
