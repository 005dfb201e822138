"""Mel-cepstra to samples, inside the graph: a deterministic source-filter vocoder made of matrix products.

Excitation: a band-limited pulse train (the closed form of a sum of cosines, so no harmonic is computed alone) whose
phase comes with the frames, and noise from a table indexed by absolute frame. Filter: the mel-cepstral (minimum-phase)
envelope, applied to each windowed frame in the frequency domain; frames are overlap-added.

Because phase and noise belong to the frame and not to the call, a window of frames decodes to the same samples as the
whole utterance does, once its margins cover the filter's memory.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

RATE = 24000
HOP = 120  # 5 ms
HOPS = 8
FFT = HOPS * HOP  # 40 ms: the window (10 ms) plus the part of the impulse response that is heard
BINS = FFT // 2 + 1
ORDER = 45
ALPHA, TEACHER_RATE = 0.45, 32000  # of the teacher's mel-cepstra
NOISE_FRAMES = 1009  # 5.045 s before the noise repeats; prime, so that no rhythm lines up with it
VOICED_NOISE = 0.45  # share of noise (amplitude) that replaces harmonics far above the voicing limit


def mel_phase(hertz: Tensor) -> Tensor:
    """Phase of the all-pass that warps the teacher's frequency axis, at frequencies in Hz (Tokuda et al. 1994)."""
    omega = hertz * (2 * math.pi / TEACHER_RATE)
    return omega + 2 * torch.atan(ALPHA * torch.sin(omega) / (1 - ALPHA * torch.cos(omega)))


def noise_table(seed: int = 1) -> Tensor:
    """float32 [NOISE_FRAMES, HOP], white, unit variance."""
    values = np.random.default_rng(seed).standard_normal((NOISE_FRAMES, HOP)).astype(np.float32)
    return torch.from_numpy(values)


def pulse_train(hertz: Tensor, phase: Tensor) -> Tensor:
    """Unit-variance band-limited pulses [B, F*HOP] from pitch [B, F] and phase [B, F], cycles at a frame's start."""
    following = torch.cat([hertz[:, 1:], hertz[:, -1:]], dim=1)
    step = torch.arange(HOP, dtype=torch.float32) / HOP
    travelled = hertz[..., None] * step + 0.5 * (following - hertz)[..., None] * step * step
    cycles = phase[..., None] + travelled * (HOP / RATE)
    cycles = cycles - torch.round(cycles)  # -0.5 to 0.5: the pulse sits at 0
    count = torch.floor(0.5 * RATE / hertz - 0.5)[..., None]
    half = math.pi * cycles
    small = torch.abs(cycles) < 1e-4
    safe = torch.where(small, torch.ones_like(half), torch.sin(half))
    kernel = torch.where(small, count, 0.5 * (torch.sin((2 * count + 1) * half) / safe - 1))
    return (kernel * torch.sqrt(2.0 / count)).flatten(1)


class Vocoder(nn.Module):
    """Frames to samples; see the module's docstring. No trained parameters."""

    analysis: Tensor
    synthesis: Tensor
    hertz: Tensor
    orders: Tensor
    noise: Tensor

    def __init__(self) -> None:
        super().__init__()
        window = torch.hann_window(2 * HOP, periodic=True)
        turns = torch.arange(BINS, dtype=torch.float64)[None] * torch.arange(2 * HOP)[:, None] * (2 * math.pi / FFT)
        self.register_buffer("analysis", torch.cat([turns.cos(), -turns.sin()], 1).float() * window[:, None])
        turns = torch.arange(BINS, dtype=torch.float64)[:, None] * torch.arange(FFT)[None] * (2 * math.pi / FFT)
        weight = torch.where(torch.arange(BINS) % (FFT // 2) == 0, 1.0, 2.0)[:, None]
        self.register_buffer("synthesis", torch.cat([turns.cos() * weight, -turns.sin() * weight], 0).float())
        self.register_buffer("hertz", torch.arange(BINS) * (RATE / FFT))
        self.register_buffer("orders", torch.arange(1, ORDER, dtype=torch.float32))
        self.register_buffer("noise", noise_table())

    def forward(
        self,
        spectrum: Tensor,
        energy: Tensor,
        hertz: Tensor,
        phase: Tensor,
        voiced: Tensor,
        index: Tensor,
        warp: Tensor,
        limit: Tensor,
        tilt: Tensor,
    ) -> Tensor:
        """spectrum [1, F, 44] mel-cepstra without c0; energy, hertz, phase, voiced [1, F]; index int64 [1, F];
        warp, limit, tilt scalars: formant scale (1 as taught), voicing limit in Hz, spectral slope above 1 kHz as a
        power of frequency (0 as taught). Returns [1, F*HOP].
        """
        angles = mel_phase(self.hertz / warp)[None, :] * self.orders[:, None]
        magnitude = spectrum @ torch.cos(angles) + tilt * torch.log((self.hertz + 500) / 1500)
        shift = -(spectrum @ torch.sin(angles))
        power = torch.mean(torch.exp(2 * magnitude), dim=-1, keepdim=True)
        gain = torch.exp(magnitude + energy[..., None]) / torch.sqrt(power)
        share = VOICED_NOISE * torch.sigmoid((self.hertz - limit) / 600.0)
        voicing = voiced[..., None]
        harmonic_share = torch.sqrt(1 - share * share) * voicing
        noise_share = torch.sqrt(1 - voicing * (1 - share * share))
        pulses = self._spectra(pulse_train(hertz, phase))
        hiss = self._spectra(self.noise[index % NOISE_FRAMES].flatten(1))
        real = pulses[..., :BINS] * harmonic_share + hiss[..., :BINS] * noise_share
        imag = pulses[..., BINS:] * harmonic_share + hiss[..., BINS:] * noise_share
        a, b = gain * torch.cos(shift), gain * torch.sin(shift)
        filtered = torch.cat([real * a - imag * b, real * b + imag * a], dim=-1)
        return overlap_added(filtered @ self.synthesis * (1.0 / FFT))

    def _spectra(self, excitation: Tensor) -> Tensor:
        """[1, F*HOP] → [1, F, 2*BINS]: frame t is the window that ends with hop t (it begins one hop before)."""
        hops = excitation.reshape(1, -1, HOP)
        before = torch.cat([torch.zeros_like(hops[:, :1]), hops[:, :-1]], dim=1)
        return torch.cat([before, hops], dim=-1) @ self.analysis


def overlap_added(frames: Tensor) -> Tensor:
    """[1, F, FFT], each beginning one hop before its own → [1, F*HOP]."""
    pieces = frames.reshape(1, -1, HOPS, HOP)
    padded = torch.nn.functional.pad(pieces, (0, 0, 0, 0, HOPS - 2, 1))
    count = frames.shape[1]
    shifted = [padded[:, HOPS - 1 - k : HOPS - 1 - k + count, k] for k in range(HOPS)]
    return torch.stack(shifted, 0).sum(0).flatten(1)
