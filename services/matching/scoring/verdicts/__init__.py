"""Whether a resume meets what a job asks for, one requirement at a time, and what in it decides that."""
