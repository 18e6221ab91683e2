"""Procedural pictures: deterministic by what asks for them, the same pixels on every machine."""
