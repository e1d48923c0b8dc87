"""Connectors to outside systems: each translates between the heart's words and one kind of system outside."""
