"""Finding the structure of stored texts anew, where a newer version of what finds it is there."""
