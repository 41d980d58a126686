"""HTML in what people send: known for what it is, and turned into plain text."""
