"""XML as elements of interest, one at a time: no document type, bounded depth, size and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from accounts.importing.container import refuse

_PIECE = 64 << 10
_DEEPEST = 60
# Of one element of interest: what is inside it, and its text in characters.
_MOST_NODES = 200_000
_LONGEST_TEXT = 16 << 20
# A token that goes on longer than this is no text of a document; expat would scan it again and
# again with every piece.
_LONGEST_TOKEN = 1 << 20


@dataclass(slots=True)
class Node:
    """An element: its name without a namespace, text and children in order."""

    tag: str
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, tag: str) -> Node | None:
        return next((child for child in self.children if child.tag == tag), None)

    def value(self, *path: str) -> str:
        """Text of the element at a path below, "" where it is not there."""
        node: Node | None = self
        for tag in path:
            node = node.child(tag) if node else None
        return node.text.strip() if node else ""

    def all(self, *path: str) -> list[Node]:
        """The elements at a path below."""
        nodes = [self]
        for tag in path:
            nodes = [child for node in nodes for child in node.children if child.tag == tag]
        return nodes


class _Target:
    """Builds the elements that are wanted and forgets all else."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted
        self.root: Node | None = None
        self.done: list[Node] = []
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._depth = self._nodes = self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise refuse("xml.unreadable", limit=_DEEPEST)
        tag = tag.rpartition("}")[2]
        if self.root is None:
            self.root = Node(tag)
        if not self._open and tag not in self.wanted:
            return
        node = Node(tag)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._nodes = self._length = 0
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise refuse("xml.unreadable", limit=_MOST_NODES)
        self._open.append(node)
        self._texts.append([])

    def data(self, text: str) -> None:
        if self._open:
            self._length += len(text)
            if self._length > _LONGEST_TEXT:
                raise refuse("xml.unreadable", limit=_LONGEST_TEXT)
            self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._open:
            node = self._open.pop()
            node.text = "".join(self._texts.pop())
            if not self._open:
                self.done.append(node)

    def close(self) -> None:
        return None


def elements(stream: BinaryIO, root: str, wanted: frozenset[str]) -> Iterator[Node]:
    """The outermost elements named in `wanted` of a document whose root is `root`.

    Raises Refused xml.dtd_forbidden, xml.damaged (with its line), xml.unreadable, and
    file.unsupported where the root is another.
    """
    target = _Target(wanted)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    fed, told = 0, False
    stream.seek(0)
    try:
        while piece := stream.read(_PIECE):
            parser.feed(piece)
            fed += len(piece)
            if fed - parser.parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise refuse("xml.unreadable", limit=_LONGEST_TOKEN)
            if not told and target.root is not None:
                told = True
                if target.root.tag != root:
                    raise refuse("file.unsupported", format=f"XML <{target.root.tag[:40]}>")
            yield from target.done
            target.done.clear()
        parser.close()
    except DefusedXmlException as error:
        raise refuse("xml.dtd_forbidden") from error
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise refuse("xml.damaged", line=line) from error
    yield from target.done
