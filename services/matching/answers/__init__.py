"""The read side: documents, scores, matches and searches from what is stored. Publishes nothing."""
