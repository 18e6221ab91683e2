"""The ComfyUI connector."""
