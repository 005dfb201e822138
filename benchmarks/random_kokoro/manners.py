"""Brief training that gives a random network manners: durations, pitch and loudness that move, a sound that follows.

A few hundred steps on made-up sentences (`talk`); it learns classes of symbols, not speech.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from .network import STYLE, Frames, curves, encode, frames
from .talk import Example, voice

CROP = 60  # frames that the decoder learns from at a time: 1.5 s
REHEARSED = 24  # sentences whose frames the decoder learns from
SCALES = (128, 512, 2048)  # samples of the spectra that are compared
FLOOR = 1e-7  # of power; what is quieter is silence
MOST_STEP = 1.0  # norm of the gradients


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to teach. A wide network learns in fewer steps, each of which takes longer."""

    prosody_steps: int
    prosody_rate: float
    sound_steps: int
    sound_rate: float


FULL = Effort(prosody_steps=160, prosody_rate=1e-3, sound_steps=60, sound_rate=1e-3)
NARROW = Effort(prosody_steps=500, prosody_rate=5e-3, sound_steps=500, sound_rate=3e-3)


def teach_prosody(network: Any, said: Iterable[Example], effort: Effort) -> None:
    """Durations, F0 and energy of the sentences, one a step."""
    predictor, timing = network.predictor, network.predictor.duration_proj.linear_layer
    with torch.no_grad():
        predictor.F0_proj.weight.mul_(100)
        predictor.F0_proj.bias.fill_(60)  # Hz
        timing.weight.copy_(timing.weight[:1].expand_as(timing.weight).clone())
        timing.bias.fill_(-2.8)  # 50 sigmoids of it make 2.9 frames
    descent = Descent([*predictor.parameters(), *network.bert_encoder.parameters()], effort.prosody_rate,
                      effort.prosody_steps)  # fmt: skip
    for example in itertools.islice(said, effort.prosody_steps):
        wanted = example.durations()
        tokens, durations = encode(network, example.ids, example.style)
        f0, energy = curves(network, tokens, wanted.long(), example.style)
        wanted_f0, wanted_energy = example.melody()
        pace = 2 * (durations.log() - wanted.log()).square().mean()
        # Weights that bring the three errors to one size.
        descent.step(pace + (f0 - wanted_f0).abs().mean() / 100 + (energy - wanted_energy).abs().mean() / 2)
    descent.end()


def teach_sound(network: Any, said: Iterable[Example], effort: Effort) -> None:
    """The decoder: the spectra of the network's own source, as loud as its own energy says."""
    source: dict[str, Any] = {}
    hook = network.decoder.generator.m_source.register_forward_hook(
        lambda module, given, made: source.update(wave=made[0], voiced=made[2])
    )
    with torch.no_grad():
        lessons = [(frames(network, e.ids, e.style), e.style) for e in itertools.islice(said, REHEARSED)]
    descent = Descent([*network.decoder.parameters()], effort.sound_rate, effort.sound_steps)
    for whole, style in itertools.islice(itertools.cycle(lessons), effort.sound_steps):
        start = int(torch.randint(0, max(1, whole.features.shape[2] - CROP), ()))
        window = whole.cut(start, CROP)
        heard = _sound(network, window, style)
        wanted = voice(source["wave"], source["voiced"], window.energy)
        descent.step(sum((_spectrum(heard, size) - _spectrum(wanted, size)).abs().mean() for size in SCALES))
    descent.end()
    with torch.no_grad():
        _level(network, lessons, source)
    hook.remove()


def _level(network: Any, lessons: list[tuple[Frames, Any]], source: dict[str, Any]) -> None:
    """Makes the sound as loud as wanted: spectra fitted in the logarithm come out too quiet."""
    heard, wanted = [], []
    for whole, style in lessons[:4]:
        heard.append(_sound(network, whole, style))
        wanted.append(voice(source["wave"], source["voiced"], whole.energy))
    gain = torch.cat(wanted).square().mean().sqrt() / torch.cat(heard).square().mean().sqrt()
    post = network.decoder.generator.conv_post
    post.bias[: post.out_channels // 2] += gain.log()  # these channels are logarithms of magnitudes


def _sound(network: Any, window: Frames, style: Any) -> Any:
    return network.decoder(window.features, window.f0, window.energy, style[:, :STYLE])[0, 0]


def _spectrum(wave: Any, size: int) -> Any:
    """Nepers, [size / 2 + 1, n]."""
    found = torch.stft(wave, size, size // 4, window=torch.hann_window(size), return_complex=True)
    return 0.5 * torch.log(found.abs().square() / size + FLOOR)


class Descent:
    """Adam over ``steps`` steps; the rate rises, then falls to nothing."""

    def __init__(self, parameters: list[Any], rate: float, steps: int) -> None:
        self._parameters = parameters
        for parameter in parameters:
            parameter.requires_grad_(True)
        self._adam = torch.optim.Adam(parameters, lr=rate)
        self._rate = torch.optim.lr_scheduler.OneCycleLR(self._adam, rate, total_steps=steps, pct_start=0.1)

    def step(self, loss: Any) -> None:
        """One step down the gradient of ``loss``."""
        self._adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, MOST_STEP)
        self._adam.step()
        self._rate.step()

    def end(self) -> None:
        """The parameters no longer ask for gradients."""
        for parameter in self._parameters:
            parameter.requires_grad_(False)
            parameter.grad = None
