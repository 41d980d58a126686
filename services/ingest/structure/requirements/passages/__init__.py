"""A job's text cut into passages, each with the part of the job that it stands in."""
