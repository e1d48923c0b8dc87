"""Reads damaged public text: repairs it by edits that can be undone, and reads figures as facts with their place."""
