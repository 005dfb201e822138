"""``python -m training.spelling.train``: trains, measures on held-out words and writes ``spelling.onnx``.

Seeds and the number of steps are fixed, so the same machine makes the same file. A checkpoint is written every
`CHECKPOINT_STEPS`; started again, it goes on from there. About 20 minutes on one core of its own.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from kokoro_stream.phonemes.spelling import LETTERS

from .export import export, measure
from .network import Network
from .words import ACCENTS, Example, training_words

STEPS = 10_000
BATCH = 128
LEARNING_RATE = 2e-3  # the highest; rises over WARM_UP steps, then falls along a cosine
WARM_UP = 300
AVERAGE = 0.998  # the exported weights are a running mean, which evens out the last steps
CHECKPOINT_STEPS = 500
SEED = 20

TARGET = Path(__file__).parents[2] / "kokoro_stream/phonemes/spelling.onnx"

Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--work", type=Path, default=Path("build/spelling"), help="folder of the checkpoint")
    arguments.add_argument("--steps", type=int, default=STEPS)
    arguments.add_argument("--output", type=Path, default=TARGET)
    given = arguments.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    network = train(training_words(), given.steps, given.work / "checkpoint.pt")
    export(network, given.output)
    print(measure(given.output))


def train(examples: Sequence[Example], steps: int, checkpoint: Path) -> Network:
    """The mean of the weights after ``steps`` steps, begun or gone on with from ``checkpoint``."""
    torch.manual_seed(SEED)
    phonemes = "".join(sorted({symbol for example in examples for symbol in example.phonemes}))
    network = Network(phonemes)
    mean: Network = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-4)
    begin = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        begin = saved["step"]
        network.load_state_dict(saved["network"])
        mean.load_state_dict(saved["mean"])
        optimizer.load_state_dict(saved["optimizer"])
        torch.set_rng_state(saved["random"])
    began, losses = time.monotonic(), 0.0
    for step, batch in enumerate(itertools.islice(batches(examples, phonemes), begin, steps), begin + 1):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(step / WARM_UP, 0.5 + 0.5 * math.cos(math.pi * step / steps))
        losses += learn(network, optimizer, batch)
        with torch.no_grad():
            for kept, now in zip(mean.parameters(), network.parameters(), strict=True):
                kept.lerp_(now, max(1 - AVERAGE, 1 / step))
        if step % CHECKPOINT_STEPS == 0 or step == steps:
            states = {"network": network.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({"step": step, "random": torch.get_rng_state(), **states}, checkpoint)
            loss, losses = losses / (step % CHECKPOINT_STEPS or CHECKPOINT_STEPS), 0.0
            print(f"step {step}/{steps}  loss {loss:.4f}  {time.monotonic() - began:.0f} s", flush=True)
    return mean


def learn(network: Network, optimizer: torch.optim.Optimizer, batch: Batch) -> float:
    """One step; returns the loss."""
    letters, accents, symbols, lengths = batch
    chances = network(letters, accents).log_softmax(-1).transpose(0, 1)
    slots = torch.full((len(letters),), chances.shape[0])
    loss = functional.ctc_loss(chances, symbols, slots, lengths, zero_infinity=True)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return loss.item()  # type: ignore[no-any-return, unused-ignore]


def batches(examples: Sequence[Example], phonemes: str) -> Iterator[Batch]:
    """Endless batches of words of one length, shuffled anew in every epoch, always in the same order."""
    by_length: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        by_length[len(example.word)].append(example)
    for epoch in itertools.count():
        order = random.Random(f"{SEED} {epoch}")
        cut = []
        for words in by_length.values():
            order.shuffle(words)
            cut += [words[i : i + BATCH] for i in range(0, len(words), BATCH)]
        order.shuffle(cut)
        for words in cut:
            yield _tensors(words, phonemes)


def _tensors(words: Sequence[Example], phonemes: str) -> Batch:
    letters = torch.tensor([[1 + LETTERS.index(letter) for letter in example.word] for example in words])
    accents = torch.tensor([ACCENTS.index(example.accent) for example in words])
    symbols = torch.tensor([1 + phonemes.index(symbol) for example in words for symbol in example.phonemes])
    return letters, accents, symbols, torch.tensor([len(example.phonemes) for example in words])


if __name__ == "__main__":
    main()
