"""What terminals understand: picture protocols, clipboard, notifications."""
