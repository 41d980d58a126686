"""Choosing of many documents those that are scored one by one."""
