"""Settings of one service in the words of another: prompts, names, numbers, each change said.

`whole.translate` is what others use. Import it where it is needed: most sessions stay with one service.
"""
