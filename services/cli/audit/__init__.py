"""How scores, and what is chosen by them, fall on groups of applicants: figures for a bias audit."""
