"""The public network with random weights, full-size or narrow, and the way from ids to frames through its parts."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

STYLE = 128  # columns of a style that each half of the network gets
DISTINCT = 10.0  # times as far apart as by chance; else a random network hardly tells one symbol from another
QUIET_F0, QUIET_ENERGY = 0.01, 0.3  # F0 comes in Hz; random weights would let nothing else through


@dataclass(frozen=True, slots=True)
class Widths:
    """Channels of the layers. The ratios that make the sound (600 samples a frame …) are the same in every size.

    ``one_ear``: the norms of a size read the style through one matrix, each with its own bias. 128 columns for each of
    70 norms are most of a narrow network.
    """

    hidden: int
    decoder: int
    skipped: int
    generator: int
    albert: dict[str, int]
    one_ear: bool = False


FULL = Widths(
    hidden=512,
    decoder=1024,
    skipped=64,
    generator=512,
    albert={"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 2048, "num_hidden_layers": 12},
)
NARROW = Widths(
    hidden=12,
    decoder=16,
    skipped=4,
    generator=28,
    albert={
        "embedding_size": 8,
        "hidden_size": 16,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
    },
    one_ear=True,
)


def vocabulary() -> dict[str, int]:
    """Kokoro's symbols and their ids. Read from the built-in voice's card, so that its package need not be there."""
    card = Path(__file__).parents[2] / "kokoro_stream" / "model" / "builtin" / "model.json"
    symbols: dict[str, int] = json.loads(card.read_text("utf-8"))["vocabulary"]
    return symbols


def build(widths: Widths, seed: int) -> Any:
    """A `kokoro.model.KModel` that has loaded nothing; its weights do not ask for gradients."""
    _without_front_end()
    from kokoro import model

    torch.manual_seed(seed)
    nothing = io.BytesIO()
    torch.save({}, nothing)
    nothing.seek(0)
    # Without disable_complex the spectrum is computed with complex numbers, which ONNX does not know.
    network = model.KModel("", _config(widths), nothing, disable_complex=True).eval()
    _resize(network.decoder, widths)
    for part in (network.predictor, network.decoder) if widths.one_ear else ():  # they are taught one after the other
        _share_style_matrices(part)
    with torch.no_grad():
        network.bert.embeddings.word_embeddings.weight.mul_(DISTINCT)
        network.decoder.F0_conv.weight_g.fill_(QUIET_F0)
        network.decoder.N_conv.weight_g.fill_(QUIET_ENERGY)
        network.decoder.generator.m_source.l_linear.bias.zero_()  # else unvoiced sounds sit on a constant
    return network.eval().requires_grad_(False)


@dataclass(frozen=True, slots=True)
class Frames:
    """What the decoder reads: ``features`` [1, C, T], ``f0`` in Hz and ``energy`` [1, 2 T]; tensors."""

    features: Any
    f0: Any
    energy: Any

    def cut(self, start: int, length: int) -> Frames:
        """``length`` frames from ``start`` on, or as many as there are."""
        end = start + length
        points = slice(2 * start, 2 * end)
        return Frames(self.features[:, :, start:end], self.f0[:, points], self.energy[:, points])


def encode(network: Any, ids: Any, style: Any) -> tuple[Any, Any]:
    """Tokens as the prosody sees them [1, L, C], and their unrounded durations in frames [L].

    ``ids`` int64 [1, L], ``style`` float32 [1, 256].
    """
    lengths, hidden = _mask(ids)
    words = network.bert_encoder(network.bert(ids, attention_mask=(~hidden).int())).transpose(1, 2)
    tokens = network.predictor.text_encoder(words, style[:, STYLE:], lengths, hidden)
    timing = network.predictor.duration_proj(network.predictor.lstm(tokens)[0][0])
    return tokens, torch.sigmoid(timing).sum(-1)


def curves(network: Any, tokens: Any, durations: Any, style: Any) -> tuple[Any, Any]:
    """F0 in Hz and energy [1, 2 T] of tokens that last ``durations`` frames, int64 [L]."""
    f0, energy = network.predictor.F0Ntrain(_laid_out(tokens.transpose(1, 2), durations), style[:, STYLE:])
    return f0, energy


def frames(network: Any, ids: Any, style: Any) -> Frames:
    """All that the decoder reads, as the exported graph computes it."""
    tokens, lengths = encode(network, ids, style)
    durations = torch.round(lengths).clamp(min=1).long()
    lengths, hidden = _mask(ids)
    features = _laid_out(network.text_encoder(ids, lengths, hidden), durations)
    return Frames(features, *curves(network, tokens, durations, style))


def _mask(ids: Any) -> tuple[Any, Any]:
    """How many tokens there are, and that none is hidden."""
    return torch.tensor([ids.shape[1]]), torch.zeros(ids.shape, dtype=torch.bool)


def _laid_out(tokens: Any, durations: Any) -> Any:
    """[1, C, L] → [1, C, T]: every token as often as it lasts."""
    return tokens.repeat_interleave(durations, 2)


def _without_front_end() -> None:
    """Lets ``kokoro.model`` be imported without what only the package's text front end needs (espeak, spaCy …)."""
    spec = importlib.util.find_spec("kokoro")
    if spec is None or spec.submodule_search_locations is None:
        raise SystemExit("the package kokoro is missing: python -m pip install --no-deps kokoro==0.9.4")
    package = ModuleType("kokoro")
    package.__spec__ = spec
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["kokoro"] = package


def _config(widths: Widths) -> dict[str, Any]:
    """What config.json of the published model says, with the layers as wide as wanted."""
    return {
        "istftnet": {
            "upsample_kernel_sizes": [20, 12],
            "upsample_rates": [10, 6],
            "gen_istft_hop_size": 5,
            "gen_istft_n_fft": 20,
            "resblock_dilation_sizes": [[1, 3, 5]] * 3,
            "resblock_kernel_sizes": [3, 7, 11],
            "upsample_initial_channel": widths.generator,
        },
        "dim_in": 64,
        "dropout": 0.2,
        "hidden_dim": widths.hidden,
        "max_conv_dim": 512,
        "max_dur": 50,
        "multispeaker": True,
        "n_layer": 3,
        "n_mels": 80,
        "n_token": 178,
        "style_dim": STYLE,
        "text_encoder_kernel_size": 5,
        "plbert": {"max_position_embeddings": 512, "dropout": 0.1, **widths.albert},
        "vocab": vocabulary(),
    }


def _resize(decoder: Any, widths: Widths) -> None:
    """The public code writes the decoder's widths as numbers; blocks of the wanted widths take their places."""
    from kokoro.istftnet import AdainResBlk1d
    from torch import nn
    from torch.nn.utils import weight_norm

    wide, joined = widths.decoder, widths.decoder + widths.skipped + 2
    decoder.encode = AdainResBlk1d(widths.hidden + 2, wide, STYLE)
    decoder.decode = nn.ModuleList([AdainResBlk1d(joined, wide, STYLE) for _ in range(3)])
    decoder.decode.append(AdainResBlk1d(joined, widths.generator, STYLE, upsample=True))
    decoder.asr_res = nn.Sequential(weight_norm(nn.Conv1d(widths.hidden, widths.skipped, kernel_size=1)))


def _share_style_matrices(part: Any) -> None:
    matrices: dict[Any, Any] = {}
    for module in part.modules():
        if hasattr(module, "fc"):
            module.fc.weight = matrices.setdefault(module.fc.weight.shape, module.fc.weight)
