"""Widgets, one a module or package."""
