"""Settings, profiles, keymap, folders and secrets: what a person configures."""
