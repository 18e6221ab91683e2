"""What a server offers, as the form and the request need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111 import defaults
from darkroom.connectors.a1111.programs import Program, program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.domain.parameters import Value
    from darkroom.domain.server import Catalog


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server offers, read from a catalog; what it leaves out has recorded defaults or is empty."""

    program: Program
    schema: Mapping[str, Any]

    @classmethod
    def of(cls, catalog: Catalog) -> Offer:
        """The offer in `catalog`, which may be empty."""
        return cls(program(catalog.schema.get("program")), catalog.schema)

    def names(self, name: str) -> tuple[str, ...]:
        """The names of a list; of checkpoints and LoRAs, what they go by in requests."""
        found = self.schema.get(name) or ()
        return tuple(
            item["name"] if isinstance(item, dict) else item[0] if isinstance(item, list) else item
            for item in found
        )

    @property
    def samplers(self) -> tuple[str, ...]:
        """Names of the samplers."""
        return self.names("samplers") or defaults.SAMPLERS

    @property
    def schedulers(self) -> tuple[str, ...]:
        """Labels of the schedulers; a server that was asked and has none chooses by the sampler's name."""
        return self.names("schedulers") if "schedulers" in self.schema else defaults.SCHEDULERS

    @property
    def upscalers(self) -> tuple[str, ...]:
        """Names of the upscalers, without the one that does nothing."""
        found = self.names("upscalers") if "upscalers" in self.schema else defaults.UPSCALERS
        return tuple(name for name in found if name != "None")

    @property
    def hires_upscalers(self) -> tuple[str, ...]:
        """What the second pass can begin with: latent ways, and the upscalers."""
        latent = self.names("latent") if "latent" in self.schema else defaults.LATENT_UPSCALERS
        return (*latent, *self.upscalers)

    def absent(self, upscaler: Value) -> bool:
        """Whether the weights of an upscaler are not on the server."""
        return [upscaler, True] in self.schema.get("upscalers", ())

    @property
    def checkpoint(self) -> str | None:
        """The checkpoint that the server has loaded, by the name of its list."""
        current = self.schema.get("options", {}).get("sd_model_checkpoint")
        if not isinstance(current, str):
            return None
        # A title: folder, file and hash, where the list has the name alone.
        file = current.partition(" [")[0]
        path = file.rpartition(".")[0] or file
        known = {current, path, path.replace("/", "_").replace("\\", "_")}
        for model in self.schema.get("models", ()):
            if known & {model["name"], model["stem"]}:
                return str(model["name"])
        return None
