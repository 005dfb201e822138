"""The trained student as a model folder. ``python -m training.voice.export STUDENT.pt FOLDER``."""

from __future__ import annotations

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from kokoro_stream.phonemes.vocabulary import VOCABULARY

from .network import FRAMES_PER_STEP, UNITS_PER_STEP, Prosody, Timbre, placed
from .speakers import BREATH, DEFAULT, FORMANTS, PACE, PITCH, RANGE, SPEAKERS, TILT
from .train import Student
from .vocoder import HOP, RATE, Vocoder

LOUDNESS = 0.07  # RMS of a segment's speech; peaks then stay near a half
SPEECH = 3.5  # a frame within this many nepers of the loudest counts as speech when loudness is measured
VOICING_LIMIT = 5000.0  # Hz; above it the teacher's voiced sounds are mixed with noise
PITCHES = (55.0, 500.0)  # Hz; what the pulse train is made for
MARGIN = 9  # steps: 5 of the convolutions' reach, 2 of the filter's memory, 1 of windowing, 1 of interpolation
FIRST, LONGEST = 15, 100  # steps: 0.3 s and 2 s
TOKENS = 510  # as Kokoro
HALF_SIZES = 1024  # numbers from which on a constant is stored in half precision


class ProsodyGraph(nn.Module):
    """prosody.onnx; its contract is that of `kokoro_stream.model.folder`."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, prosody: Prosody, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.network = prosody
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def forward(self, input_ids: Tensor, style: Tensor, speed: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        one = torch.ones(1, 1, 1)
        tokens, log_durations = self.network.encode(input_ids, one)
        lengths = (torch.exp(log_durations[0]) - 1).clamp(min=0.0) / (speed * torch.exp(style[:, PACE]))
        ends = torch.cumsum(lengths, 0)
        steps = torch.round(ends[-1] / UNITS_PER_STEP).clamp(min=2.0).to(torch.int64)
        per_frame = UNITS_PER_STEP // FRAMES_PER_STEP
        units = torch.arange(steps * FRAMES_PER_STEP) * per_frame + (per_frame - 1)  # type: ignore[call-overload, unused-ignore]
        last = input_ids.shape[1] - 1
        owner = (ends[None, :] <= units[:, None]).to(torch.int64).sum(1).clamp(max=last)
        place = placed((ends - lengths)[owner], lengths[owner], units.to(torch.float32))
        features, curves = self.network.lay_out(tokens, owner[None], place[None], one)
        curves = curves * self.deviation + self.mean
        hertz = self._hertz(curves[..., 0], style)
        voiced = (curves[..., 1] > 0).to(torch.float32)
        energy = self._levelled(curves[..., 2])
        stepped = torch.cat([torch.zeros(1, 1), 0.5 * (hertz[:, 1:] + hertz[:, :-1])], 1) * (per_frame * HOP / RATE)
        phase = torch.cumsum(stepped, 1)
        phase = phase - torch.floor(phase)
        index = torch.arange(steps, dtype=torch.float32)[None, None]  # type: ignore[call-overload, unused-ignore]
        pairs = [x.reshape(1, -1, FRAMES_PER_STEP).transpose(1, 2) for x in (hertz, phase)]
        borders = torch.cat([torch.zeros(1), torch.round(ends[:-1]), (steps * UNITS_PER_STEP).to(torch.float32)[None]])
        borders = torch.minimum(borders, borders[-1])
        durations = (borders[1:] - borders[:-1]).to(torch.int64)[None]
        return torch.cat([features.transpose(1, 2), *pairs, index], 1), hertz * voiced, energy, durations

    def _hertz(self, height: Tensor, style: Tensor) -> Tensor:
        moved = (height - self.mean[0]) * torch.exp(style[:, RANGE]) + self.mean[0] + style[:, PITCH]
        return torch.exp(moved).clamp(*PITCHES)

    def _levelled(self, energy: Tensor) -> Tensor:
        """Every segment at one loudness: log RMS of its speech frames brought to `LOUDNESS`."""
        speech = torch.sigmoid(4 * (energy - energy.amax(1, keepdim=True) + SPEECH))
        power = (torch.exp(2 * energy) * speech).sum(1, keepdim=True) / speech.sum(1, keepdim=True)
        return energy - 0.5 * torch.log(power) + float(np.log(LOUDNESS))


class DecoderGraph(nn.Module):
    """decoder.onnx; its contract is that of `kokoro_stream.model.folder`."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, timbre: Timbre, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.network = timbre
        self.vocoder = Vocoder()
        self.channels = timbre.norm.normalized_shape[0]
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def forward(self, features: Tensor, f0: Tensor, energy: Tensor, style: Tensor) -> Tensor:
        hidden = features[:, : self.channels].transpose(1, 2)
        spectrum = self.network(hidden, torch.ones(1, 1, 1)) * self.deviation + self.mean
        pairs = features[:, self.channels : self.channels + 2 * FRAMES_PER_STEP]
        hertz = pairs[:, :FRAMES_PER_STEP].transpose(1, 2).flatten(1)
        phase = pairs[:, FRAMES_PER_STEP:].transpose(1, 2).flatten(1)
        steps = features[:, -1].to(torch.int64)
        index = (steps[..., None] * UNITS_PER_STEP + torch.arange(UNITS_PER_STEP)).flatten(1)
        fine = doubled(hertz[..., None])[..., 0]
        midway = phase + (hertz + fine[:, 1::2]) * (0.5 * HOP / RATE)
        return self.vocoder(
            doubled(spectrum),
            doubled(energy[..., None])[..., 0],
            fine,
            torch.stack([phase, midway], -1).flatten(1),
            doubled((f0 > 0).to(torch.float32)[..., None])[..., 0],
            index,
            torch.exp(style[0, FORMANTS]),
            VOICING_LIMIT * torch.exp(style[0, BREATH]),
            style[0, TILT],
        )


def doubled(frames: Tensor) -> Tensor:
    """[1, F, C] every 10 ms → [1, 2F, C] every 5 ms, in between linearly; the last frame is held."""
    following = torch.cat([frames[:, 1:], frames[:, -1:]], 1)
    return torch.stack([frames, 0.5 * (frames + following)], 2).flatten(1, 2)


def graphs(saved: Path) -> tuple[ProsodyGraph, DecoderGraph, int]:
    """The averaged weights of a training run as graphs, and the step they come from."""
    state = torch.load(saved, weights_only=True)
    student = Student()
    student.load_state_dict(state["averaged"])
    student.eval()
    scale = state["scale"]
    prosody = ProsodyGraph(student.prosody, scale["curves_mean"], scale["curves_deviation"])
    decoder = DecoderGraph(student.timbre, scale["spectrum_mean"], scale["spectrum_deviation"])
    return prosody.eval(), decoder.eval(), int(state["step"])


def write(
    graph: nn.Module, example: dict[str, Tensor], outputs: list[str], axes: dict[str, dict[int, str]], to: Path
) -> None:
    """Export with dynamic ``axes``, large constants in half precision."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns about shapes that are meant to be constant
        torch.onnx.export(
            graph,
            tuple(example.values()),
            str(to),
            input_names=list(example),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=17,
            do_constant_folding=False,
            dynamo=False,
        )
    model = onnx.load(to)
    halve(model)
    onnx.checker.check_model(model)
    onnx.save(model, to)


def halve(model: onnx.ModelProto) -> None:
    """Store large float constants as float16 with a Cast behind them, which the runtime folds when it loads."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= HALF_SIZES:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + "_half"))
            casts.append(onnx.helper.make_node("Cast", [name + "_half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("student", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    prosody, decoder, step = graphs(options.student)
    ids = torch.randint(1, 177, (1, 12))
    write(
        prosody,
        {"input_ids": ids, "style": torch.zeros(1, 256), "speed": torch.ones(1)},
        ["features", "f0", "energy", "durations"],
        {"input_ids": {1: "tokens"}, "features": {2: "frames"}, "f0": {1: "points"}, "energy": {1: "points"},
         "durations": {1: "tokens"}},
        folder / "prosody.onnx",
    )  # fmt: skip
    with torch.no_grad():
        features, f0, energy, _ = prosody(ids, torch.zeros(1, 256), torch.ones(1))
    write(
        decoder,
        {"features": features, "f0": f0, "energy": energy, "style": torch.zeros(1, 128)},
        ["samples"],
        {"features": {2: "frames"}, "f0": {1: "points"}, "energy": {1: "points"}, "samples": {1: "samples"}},
        folder / "decoder.onnx",
    )
    np.savez_compressed(folder / "voices.npz", **{name: speaker.style() for name, speaker in SPEAKERS.items()})  # type: ignore[arg-type]
    files = ("prosody.onnx", "decoder.onnx", "voices.npz")
    card = {
        "name": "builtin",
        "sample_rate": RATE,
        "samples_per_frame": UNITS_PER_STEP * HOP,
        "samples_per_duration": HOP,
        "margin_frames": MARGIN,
        "first_window_frames": FIRST,
        "longest_window_frames": LONGEST,
        "token_limit": TOKENS,
        "default_voice": DEFAULT,
        "languages": ["en-us", "en-gb"],
        "licence": "Apache-2.0",
        "vocabulary": dict(VOCABULARY),
        "checksums": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files},
    }
    (folder / "model.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
    print(f"step {step}:", ", ".join(f"{name} {(folder / name).stat().st_size:,} bytes" for name in files))


if __name__ == "__main__":
    main()
