"""OpenAI's names of voices, which many clients insist on, as voices of the model that is loaded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Kokoro's voice of the same name, else one of the same kind. In other models, the kind ("f" or "m") decides.
ALIASES: Mapping[str, tuple[str, str]] = {
    "alloy": ("f", "af_alloy"),
    "ash": ("m", "am_michael"),
    "ballad": ("m", "bm_george"),
    "cedar": ("m", "am_puck"),
    "coral": ("f", "af_bella"),
    "echo": ("m", "am_echo"),
    "fable": ("m", "bm_fable"),
    "marin": ("f", "af_heart"),
    "nova": ("f", "af_nova"),
    "onyx": ("m", "am_onyx"),
    "sage": ("f", "af_sarah"),
    "shimmer": ("f", "af_nicole"),
    "verse": ("m", "am_fenrir"),
}


def resolve(voice: str, names: Sequence[str]) -> str:
    """A voice or a blend (``alloy:0.7+echo:0.3``) in the names of a model; what is no alias stays as it is.

    ``names`` are the model's voices, its default first. A voice of the model that has an alias's name is that voice.
    """
    if not any(alias in voice for alias in ALIASES):
        return voice
    parts = (part.partition(":") for part in voice.split("+"))
    return "+".join(_voice(name.strip(), names) + colon + weight for name, colon, weight in parts)


def _voice(name: str, names: Sequence[str]) -> str:
    if name in names or name not in ALIASES:
        return name
    kind, counterpart = ALIASES[name]
    if counterpart in names:
        return counterpart
    # Different names sound different as far as there are voices; Kokoro's are called af_… and bm_….
    alike = [voice for voice in names if voice[1:3] == f"{kind}_"] or names
    namesakes = [alias for alias, (other, _) in ALIASES.items() if other == kind]
    return alike[namesakes.index(name) % len(alike)]
