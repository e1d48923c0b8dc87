"""The river engine: where a spill arrives, when, how high, for how long, how sure; numbers only, no Django."""

VERSION = "1.0"
