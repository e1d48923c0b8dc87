"""How things look in words and shapes: names, times, clocks, marks, the bundle; no database, no request."""
