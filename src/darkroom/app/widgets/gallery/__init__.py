"""The contact sheet: thumbnails of every picture in a grid, however many."""
