"""The write side: what an event changes in the database, decided by its revision."""
