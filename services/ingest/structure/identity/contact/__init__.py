"""Where a person can be reached: e-mail addresses, telephone numbers, links."""
