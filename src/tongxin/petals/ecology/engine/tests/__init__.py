"""Tests of the river engine: against closed forms, other solvers and real tracers."""
