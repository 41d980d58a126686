"""embedding: turns texts into vectors. Owns the model, the batches and the vector cache."""
