"""What is stored, and what will be done about it."""
