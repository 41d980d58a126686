"""Studies: degrees, schools and subjects, and the entries that they make."""
