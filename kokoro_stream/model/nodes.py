"""What an ONNX node reads and holds: its bodies, its tensors, its attributes. Nothing here changes a node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Any

from onnx import AttributeProto, GraphProto, NodeProto, helper


def bodies(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs inside a Loop, an If or a Scan."""
    for found in node.attribute:
        if found.type == AttributeProto.GRAPH:
            yield found.g
        elif found.type == AttributeProto.GRAPHS:
            yield from found.graphs


def reads(node: NodeProto) -> list[str]:
    """All tensors that a node reads: its inputs, and what its bodies capture from outside."""
    found = [name for name in node.input if name]
    for body in bodies(node):
        own = {value.name for value in body.input} | {tensor.name for tensor in body.initializer}
        own.update(name for inner in body.node for name in inner.output)
        found.extend(name for inner in body.node for name in reads(inner) if name not in own)
        found.extend(value.name for value in body.output if value.name not in own)
    return found


def attribute(node: NodeProto, name: str, default: Any = None) -> Any:
    """The value of an attribute."""
    for found in node.attribute:
        if found.name == name:
            return helper.get_attribute_value(found)
    return default


def other(node: NodeProto, tensor: str) -> str:
    """Of two inputs, the one that is not ``tensor``."""
    return str(node.input[1] if node.input[0] == tensor else node.input[0])


def makers_first(nodes: Iterable[NodeProto]) -> list[NodeProto]:
    """Nodes in an order in which each finds its inputs made; those that are in one stay as they are."""
    numbered = list(nodes)
    makers = {tensor: number for number, node in enumerate(numbered) for tensor in node.output if tensor}
    needs = {
        number: [makers[tensor] for tensor in reads(node) if tensor in makers] for number, node in enumerate(numbered)
    }
    if all(need < number for number, found in needs.items() for need in found):
        return numbered
    return [numbered[number] for number in TopologicalSorter(needs).static_order()]
