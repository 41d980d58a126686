"""What tells age, origin, sex, family or belief."""
