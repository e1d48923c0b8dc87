"""Cases with exactly one holder, and how they are handed over."""
