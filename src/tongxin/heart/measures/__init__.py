"""Figures about how clauses are kept."""
