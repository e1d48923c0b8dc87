"""Public services: items accepted here and decided there."""
