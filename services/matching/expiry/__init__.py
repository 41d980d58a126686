"""Finding documents whose time is over, and having the log say so."""
