"""The keys that do something with the generation that is shown, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.message import Message

    from darkroom.domain.generation import Summary

NEEDS_PICTURE = frozenset({"history_view", "history_export", "history_use_image", "history_enlarge"})
NEEDS_SEED = frozenset({"history_reuse_seed", "history_copy_seed"})


class GenerationKeys:
    """For widgets and screens bound to the group `history` of the key table.

    Each key posts `Asked` with the verb of its id; whoever owns the services answers. A key that
    cannot do anything now is dimmed and says why when pressed.
    """

    if TYPE_CHECKING:

        def post_message(self, message: Message) -> bool: ...  # noqa: D102

    def generation(self) -> Summary | None:
        """The generation that the keys are about; `None` when nothing is shown."""
        raise NotImplementedError

    def output_index(self) -> int:
        """0-based index of the output that is shown."""
        return 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dims the keys that have nothing to work on (`None` is Textual's word for that)."""
        del parameters
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Why a key can do nothing just now, as a sentence; "" when it can."""
        if not action.startswith("history_"):
            return ""
        summary = self.generation()
        if summary is None:
            return "There is no generation here yet"
        if action in NEEDS_PICTURE and not summary.output_count:
            return "It has no picture"
        if action in NEEDS_SEED and not summary.seed:
            return "It has no seed"
        return ""

    def _ask(self, verb: str) -> None:
        from darkroom.app.messages import Asked

        summary = self.generation()
        if summary is not None:
            self.post_message(Asked(verb, summary, self.output_index()))

    def action_history_open(self) -> None:
        """Shows everything about it."""
        self._ask("open")

    def action_history_view(self) -> None:
        """Shows its picture alone."""
        self._ask("view")

    def action_history_rerun(self) -> None:
        """Sends exactly the same request again."""
        self._ask("rerun")

    def action_history_reuse(self) -> None:
        """Puts all of its values into the form."""
        self._ask("reuse")

    def action_history_reuse_seed(self) -> None:
        """Puts its seed into the form."""
        self._ask("reuse_seed")

    def action_history_reuse_prompt(self) -> None:
        """Puts its prompts into the form."""
        self._ask("reuse_prompt")

    def action_history_use_image(self) -> None:
        """Puts its picture into the form."""
        self._ask("use_image")

    def action_history_enlarge(self) -> None:
        """Puts its picture where it is made larger."""
        self._ask("enlarge")

    def action_history_batch(self) -> None:
        """Shows the batch that it belongs to."""
        self._ask("batch")

    def action_history_copy_seed(self) -> None:
        """Copies the seed."""
        self._ask("copy_seed")

    def action_history_copy_prompt(self) -> None:
        """Copies the prompt."""
        self._ask("copy_prompt")

    def action_history_export(self) -> None:
        """Writes the picture to a file."""
        self._ask("export")

    def action_history_export_workflow(self) -> None:
        """Writes the workflow to a file."""
        self._ask("export_workflow")

    def action_history_delete(self) -> None:
        """Moves it to the trash."""
        self._ask("delete")


def is_picture(summary: Summary) -> bool:
    """Whether its first output can be drawn."""
    first = summary.first_output
    return first is not None and first.kind.is_picture
