"""Connectors that come with the house: webhook and e-mail."""
