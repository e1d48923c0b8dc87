"""Slow, plain answers to hard questions, sharing no code with the product: the tests hold the product against them."""
