"""Dates, periods and lengths of time as people write them in twelve languages."""
