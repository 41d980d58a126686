"""PostgreSQL with pgvector as a child process: its programs, its data folder, the carry-over from 16, its roles."""
