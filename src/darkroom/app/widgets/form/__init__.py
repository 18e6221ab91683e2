"""The parameter form: drawn from `ParameterSpec`s, whatever server and workflow they came from."""

from __future__ import annotations

from darkroom.app.widgets.form.form import ParameterForm

__all__ = ["ParameterForm"]
