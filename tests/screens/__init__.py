"""Screens and the API of cases, boards and home, as several offices see them."""
