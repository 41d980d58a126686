"""Whether a person has what a text names or says: the cues around it, and how far each reaches."""
