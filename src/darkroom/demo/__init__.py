"""The embedded server: speaks ComfyUI's protocol and paints procedural pictures; no AI."""
