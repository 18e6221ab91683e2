"""Darkroom: pictures from image-generation servers, kept and repeatable, in the terminal."""

__version__ = "0.1.0"
