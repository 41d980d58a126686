"""What candidates are found by: cards, words, vectors, filters, people. Written with a document, read by answers."""
