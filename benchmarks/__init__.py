"""Figures that are promised, measured; see `./dev bench`."""
