"""Instruments and clauses; the duties they make, with their clocks."""
