"""Tongxin turns the cooperation agreements of neighbouring governments into running services."""

__version__ = "0.1.0"
