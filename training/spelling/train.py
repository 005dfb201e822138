"""``python -m training.spelling.train``: trains, measures on held-out words and writes ``spelling.onnx``.

A checkpoint is written every `CHECKPOINT_STEPS`; started again, it goes on from there. Half an hour on two cores:
``torchrun --nproc-per-node 2 -m training.spelling.train`` lets them share every step.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import math
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, distributed
from torch.nn import functional

from kokoro_stream.phonemes.spelling import LETTERS

from .export import export, measure
from .network import Network
from .words import Example, training_words

STEPS = 9_500
BATCH = 256  # words a step
LEARNING_RATE = 2.5e-3  # the highest; rises over WARM_UP steps, then falls along a cosine
WARM_UP = 300
AVERAGE = 0.999  # the exported weights are a running mean, which evens out the last steps
DRAFT = 0.3  # what the draft's loss counts beside that of the result
UNCHECKED = 0.5  # what a silver word counts beside a gold one
CHECKPOINT_STEPS = 500
SEED = 20

TARGET = Path(__file__).parents[2] / "kokoro_stream/phonemes/spelling.onnx"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--work", type=Path, default=Path("build/spelling"), help="folder of the checkpoint")
    arguments.add_argument("--steps", type=int, default=STEPS)
    arguments.add_argument("--output", type=Path, default=TARGET)
    given = arguments.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    if "WORLD_SIZE" in os.environ:  # set by torchrun
        distributed.init_process_group("gloo")
    network = train(training_words(), given.steps, given.work / "checkpoint.pt")
    if _rank() == 0:
        export(network, given.output)
        print(measure(given.output))


def train(examples: Sequence[Example], steps: int, checkpoint: Path) -> Network:
    """The mean of the weights after ``steps`` steps, begun or gone on with from ``checkpoint``."""
    torch.manual_seed(SEED)
    phonemes = "".join(sorted({symbol for example in examples for symbol in example.phonemes}))
    network = Network(phonemes)
    mean: Network = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-3)
    begin = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        begin = saved["step"]
        network.load_state_dict(saved["network"])
        mean.load_state_dict(saved["mean"])
        optimizer.load_state_dict(saved["optimizer"])
    torch.manual_seed(SEED + begin + _rank())  # of what is dropped out
    began, losses = time.monotonic(), 0.0
    for step, words in enumerate(itertools.islice(batches(examples), begin, steps), begin + 1):
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(step / WARM_UP, 0.5 + 0.5 * math.cos(math.pi * step / steps))
        losses += learn(network, optimizer, words[_rank() :: _processes()])
        with torch.no_grad():
            for kept, now in zip(mean.parameters(), network.parameters(), strict=True):
                kept.lerp_(now, max(1 - AVERAGE, 1 / step))
        if _rank() == 0 and (step % CHECKPOINT_STEPS == 0 or step == steps):
            states = {"network": network.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({"step": step, **states}, checkpoint)
            loss, losses = losses / (step % CHECKPOINT_STEPS or CHECKPOINT_STEPS), 0.0
            print(f"step {step}/{steps}  loss {loss:.4f}  {time.monotonic() - began:.0f} s", flush=True)
    return mean


def learn(network: Network, optimizer: torch.optim.Optimizer, words: Sequence[Example]) -> float:
    """One step; returns the loss. The processes of one training meet in it."""
    letters = torch.tensor([[1 + LETTERS.index(letter) for letter in example.word] for example in words])
    kinds = torch.tensor([example.kind for example in words])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        slots, draft = network(letters, kinds)
    loss = _loss(slots, words, network.phonemes) + DRAFT * _loss(draft, words, network.phonemes)
    optimizer.zero_grad()
    loss.backward()
    if _processes() > 1:
        _average([weight.grad for weight in network.parameters() if weight.grad is not None])
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return loss.item()  # type: ignore[no-any-return, unused-ignore]


def _loss(slots: Tensor, words: Sequence[Example], phonemes: str) -> Tensor:
    """A phoneme's mean loss: long words count no more than short ones."""
    symbols = torch.tensor([1 + phonemes.index(symbol) for example in words for symbol in example.phonemes])
    lengths = torch.tensor([len(example.phonemes) for example in words])
    worth = torch.tensor([1.0 if example.checked else UNCHECKED for example in words])
    chances = slots.float().log_softmax(-1).transpose(0, 1)
    all_slots = torch.full((len(words),), chances.shape[0])
    losses = functional.ctc_loss(chances, symbols, all_slots, lengths, reduction="none", zero_infinity=True)
    return (worth * losses / lengths).mean()


def batches(examples: Sequence[Example]) -> Iterator[list[Example]]:
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
        yield from (words for words in cut if len(words) >= _processes())


def _average(gradients: Sequence[Tensor]) -> None:
    """Over the processes, in place."""
    together = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(together)
    pieces = (together / _processes()).split([gradient.numel() for gradient in gradients])
    for gradient, piece in zip(gradients, pieces, strict=True):
        gradient.copy_(piece.reshape(gradient.shape))


def _rank() -> int:
    return distributed.get_rank() if distributed.is_initialized() else 0


def _processes() -> int:
    return distributed.get_world_size() if distributed.is_initialized() else 1


if __name__ == "__main__":
    main()
