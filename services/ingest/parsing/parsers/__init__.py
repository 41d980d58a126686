"""One parser per format: bytes in, raw text and notes out. They run in child processes and block."""
