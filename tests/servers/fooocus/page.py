"""The page's description, as recorded."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

from tests.servers.harness.faults import HOSTILE_FILES

DATA = Path(__file__).parents[2] / "data" / "fooocus-2.5.5"


def recorded(name: str) -> dict[str, Any]:
    """What `/config` answered: `default`, `small` or `large`."""
    found: dict[str, Any] = json.loads(gzip.decompress((DATA / f"config-{name}.json.gz").read_bytes()))
    return found


class Page:
    """One page, and the order in which its task takes its inputs."""

    def __init__(self, name: str, *, gradio: str = "") -> None:
        self.config = recorded(name)
        if gradio:
            self.config["version"] = gradio
        functions = self.config["dependencies"]
        self.build = max(range(len(functions)), key=lambda number: len(functions[number]["inputs"]))
        self.generate = self.build + 1
        components = {component["id"]: component for component in self.config["components"]}
        inputs = [components[number] for number in functions[self.build]["inputs"]]
        labels = [component["props"].get("label") for component in inputs]
        self.keeps_log = "Save only final enhanced image" in labels
        self.keeps_metadata = "Save Metadata to Images" in labels
        loras = sum(str(label).startswith("LoRA ") for label in labels)
        pictures = labels.count("Stop At")
        self.order = order(loras, pictures, log=self.keeps_log, metadata=self.keeps_metadata)
        self.count = len(inputs)
        self.stop = self._button(components, "Stop")
        self.history = next(
            number
            for number, function in enumerate(functions)
            if not function["inputs"]
            and [components[at]["type"] for at in function["outputs"]] == ["html"]
            and function["queue"] is False
        )

    def shown(self, *, hostile: bool) -> dict[str, Any]:
        """What `/config` answers."""
        if not hostile:
            return self.config
        config = copy.deepcopy(self.config)
        config["title"] = "\x1b[31m[red]Fooocus[/red] 2.5.5\x1b[0m"
        for component in config["components"]:
            props = component["props"]
            label = str(props.get("label") or "")
            if label.startswith(("LoRA ", "Base Model", "Selected Styles")):
                props["choices"] = [*props["choices"], *HOSTILE_FILES]
            elif component["type"] == "html":
                props["value"] = "<script>" * 100
        return config

    def _button(self, components: dict[int, Any], value: str) -> int:
        for number, function in enumerate(self.config["dependencies"]):
            for target in function["targets"]:
                if components.get(target, {}).get("props", {}).get("value") == value:
                    return number
        raise ValueError(value)


def order(loras: int, pictures: int, *, log: bool, metadata: bool) -> list[str]:
    """Names of the inputs in the order in which the task takes them.

    Source: Fooocus 2.5.5, `modules/async_worker.py` `AsyncTask.__init__`.
    """
    names = ["state", "generate_image_grid", "prompt", "negative_prompt", "style_selections"]
    names += ["performance_selection", "aspect_ratios_selection", "image_number", "output_format", "seed"]
    names += ["read_wildcards_in_order", "sharpness", "cfg_scale"]
    names += ["base_model_name", "refiner_model_name", "refiner_switch"]
    for slot in range(loras):
        names += [f"lora_{slot}_enabled", f"lora_{slot}", f"lora_{slot}_weight"]
    names += ["input_image_checkbox", "current_tab", "uov_method", "uov_input_image", "outpaint_selections"]
    names += ["inpaint_input_image", "inpaint_additional_prompt", "inpaint_mask_image_upload"]
    names += ["disable_preview", "disable_intermediate_results", "disable_seed_increment", "black_out_nsfw"]
    names += ["adm_scaler_positive", "adm_scaler_negative", "adm_scaler_end", "adaptive_cfg", "clip_skip"]
    names += ["sampler_name", "scheduler_name", "vae_name", "overwrite_step", "overwrite_switch"]
    names += ["overwrite_width", "overwrite_height", "overwrite_vary_strength", "overwrite_upscale_strength"]
    names += ["mixing_image_prompt_and_vary_upscale", "mixing_image_prompt_and_inpaint"]
    names += ["debugging_cn_preprocessor", "skipping_cn_preprocessor", "canny_low_threshold"]
    names += ["canny_high_threshold", "refiner_swap_method", "controlnet_softness", "freeu_enabled"]
    names += ["freeu_b1", "freeu_b2", "freeu_s1", "freeu_s2", "debugging_inpaint_preprocessor"]
    names += ["inpaint_disable_initial_latent", "inpaint_engine", "inpaint_strength"]
    names += ["inpaint_respective_field", "inpaint_advanced_masking_checkbox", "invert_mask_checkbox"]
    names += ["inpaint_erode_or_dilate", *(["save_final_enhanced_image_only"] if log else [])]
    names += ["save_metadata_to_images", "metadata_scheme"] if metadata else []
    for slot in range(pictures):
        names += [f"cn_{slot}_img", f"cn_{slot}_stop", f"cn_{slot}_weight", f"cn_{slot}_type"]
    return names
