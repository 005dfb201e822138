"""The same graph, voice, texts and machine: how soon and how fast do we speak, beside everybody else who serves Kokoro?

Every contestant lives in a process of its own, loads the graph once and answers turn after turn (`worker`); only one
computes at a time. A round lets each of them speak each text, and the order turns from round to round, so that a
machine that grows slower is slow for everybody. Ratios are taken within a round, and their median over the rounds.

The peers run in environments of their own (``--peers``), since they bring an ONNX Runtime that must not be installed
beside ours, and some of them what must not be installed beside the others'.
"""
