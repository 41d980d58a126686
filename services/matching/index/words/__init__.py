"""Finding documents by their words: immutable segments of postings, packed and merged in the background."""
