"""The loaded region with a moved clock, for tests of agreements."""

from tests.support.world import house, loaded, moved_clock

__all__ = ["house", "loaded", "moved_clock"]
