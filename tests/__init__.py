"""Tests of legnext-widgets, by the part of the package they are about."""
