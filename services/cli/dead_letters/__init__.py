"""Dead letters from the command line: read, filtered, replayed."""
