"""Train the student on lessons. ``python -m training.voice.train LESSONS OUT [--steps N]``.

Saves ``OUT/student.pt`` every few minutes (weights, averaged weights, optimiser, step) and goes on from it when
repeated.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import astuple
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from .data import Batch, Example, Scale, batches, load
from .network import SPECTRUM, Prosody, Timbre
from .vocoder import mel_phase

STEPS_PER_BATCH = 2000  # 40 s of speech
PEAK_RATE = 2e-3
AVERAGING = 0.998  # of the weights that are exported: a few hundred steps
VALIDATION = 8  # batches never trained on
HELD = 150  # lessons, the first ones: the same when more are added later
EVERY = 250  # steps between reports and saves

LISTENING = torch.cos(
    mel_phase(torch.linspace(100, 9000, 72))[None] * torch.arange(1, SPECTRUM + 1)[:, None]
)  # mel-cepstra → log magnitude where speech is understood


def losses(prosody: Prosody, timbre: Timbre, batch: Batch, deviation: Tensor) -> dict[str, Tensor]:
    """The terms of the loss, each a scalar. Distances are per frame; those of pitch count voiced frames only."""
    tokens, log_durations = prosody.encode(batch.ids, batch.token_mask)
    features, curves = prosody.lay_out(tokens, batch.owner, batch.place, batch.step_mask)
    spectrum = timbre(features, batch.step_mask)
    mask = batch.step_mask.repeat_interleave(2, dim=1)
    count, voiced = mask.sum(), batch.curves[..., 1:2] * mask
    error = (spectrum - batch.spectrum) * mask
    heard = (error * deviation) @ LISTENING
    token_mask = batch.token_mask[..., 0]
    return {
        # The median, not the mean: a space is a pause now and then, and half a pause at every space is never right.
        "duration": ((log_durations - torch.log1p(batch.durations)).abs() * token_mask).sum() / token_mask.sum(),
        "pitch": ((curves[..., :1] - batch.curves[..., :1]).abs() * (0.1 * mask + 0.9 * voiced)).sum() / voiced.sum(),
        "voicing": (
            functional.binary_cross_entropy_with_logits(curves[..., 1:2], batch.curves[..., 1:2], reduction="none")
            * mask
        ).sum()
        / count,
        "energy": ((curves[..., 2:] - batch.curves[..., 2:]).abs() * mask).sum() / count,
        "cepstrum": error.abs().sum() / count / SPECTRUM,
        "change": (error[:, 1:] - error[:, :-1]).abs().sum() / count / SPECTRUM,
        "heard": heard.abs().sum() / count / LISTENING.shape[1],
    }


WEIGHTS = {"duration": 1.0, "pitch": 1.0, "voicing": 0.5, "energy": 0.7, "cepstrum": 1.0, "change": 0.7, "heard": 4.0}


def total(terms: dict[str, Tensor]) -> Tensor:
    """The weighted sum that is minimised."""
    return torch.stack([WEIGHTS[name] * term for name, term in terms.items()]).sum()


class Student(nn.Module):
    """Both parts under one roof, for the optimiser and the file."""

    def __init__(self) -> None:
        super().__init__()
        self.prosody, self.timbre = Prosody(), Timbre()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=5500)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    examples = load(options.lessons)
    scale = Scale.of(examples[:1000])
    held = batches(examples[:HELD], scale, STEPS_PER_BATCH, 0)
    validation = [next(held) for _ in range(VALIDATION)]
    print(f"{len(examples)} lessons, {sum(e.steps for e in examples) / 50 / 3600:.1f} hours", flush=True)
    run(Student(), examples[HELD:], validation, scale, options.out, options.steps)


def run(
    student: Student, examples: list[Example], validation: list[Batch], scale: Scale, out: Path, steps: int
) -> None:
    """Train to ``steps``, from ``out/student.pt`` if it is there."""
    out.mkdir(parents=True, exist_ok=True)
    place = out / "student.pt"
    optimizer = torch.optim.AdamW(student.parameters(), PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps, pct_start=0.06)
    averaged = {name: value.clone() for name, value in student.state_dict().items()}
    begun = 0
    if place.exists():
        saved = torch.load(place, weights_only=True)
        student.load_state_dict(saved["weights"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        averaged, begun = saved["averaged"], saved["step"]
    supply = batches(examples, scale, STEPS_PER_BATCH, seed=1 + begun)
    clock, sums = time.monotonic(), dict.fromkeys(WEIGHTS, 0.0)
    for step in range(begun + 1, steps + 1):
        terms = losses(student.prosody, student.timbre, next(supply), scale.spectrum_deviation)
        optimizer.zero_grad()
        total(terms).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        keep = min(AVERAGING, step / (step + 10))
        with torch.no_grad():
            for name, value in student.state_dict().items():
                averaged[name].lerp_(value, 1 - keep)
        for name, term in terms.items():
            sums[name] += term.item() / EVERY
        if step % EVERY == 0 or step == steps:
            shown = " ".join(f"{name} {value:.3f}" for name, value in sums.items())
            held_out = checked(averaged, validation, scale)
            print(f"{step}/{steps} {time.monotonic() - clock:.0f} s | {shown} | held out {held_out}", flush=True)
            sums = dict.fromkeys(WEIGHTS, 0.0)
            state = {
                "weights": student.state_dict(),
                "averaged": averaged,
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "step": step,
                "scale": dict(zip(Scale.__slots__, astuple(scale), strict=True)),
            }
            torch.save(state, place.with_suffix(".part"))
            place.with_suffix(".part").rename(place)


def checked(averaged: dict[str, Tensor], validation: list[Batch], scale: Scale) -> str:
    """The losses of the averaged weights on batches never trained on."""
    student = Student()
    student.load_state_dict(averaged)
    student.eval()
    with torch.no_grad():
        found = [losses(student.prosody, student.timbre, batch, scale.spectrum_deviation) for batch in validation]
    return " ".join(f"{name} {sum(float(terms[name]) for terms in found) / len(found):.3f}" for name in WEIGHTS)


if __name__ == "__main__":
    main()
