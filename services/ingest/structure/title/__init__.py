"""What a document is called: what the person is, or what the job is."""
