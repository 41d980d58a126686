"""The commands of `shortlist`, one module each."""
