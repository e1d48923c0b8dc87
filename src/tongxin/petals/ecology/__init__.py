"""Ecology: water incidents that cross a boundary."""
