"""Running a service's process: its port first, its parts behind it in the background, and its end."""
