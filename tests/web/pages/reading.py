"""A page as a visitor's browser and a screen reader take it: elements, texts, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br"})


@dataclass
class Element:
    """One element with its attributes and, when closed, its text."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    parents: tuple[str, ...] = ()

    @property
    def is_inert(self) -> bool:
        """Whether it stands in a template, which nobody sees until a script copies it."""
        return "template" in self.parents


@dataclass
class Read:
    """Everything in a page, in order; what stands in templates is in `elements` alone."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, tag: str, **wanted: str) -> list[Element]:
        """Return the elements of a tag with these attributes."""
        return [
            e
            for e in self.elements
            if e.tag == tag
            and not e.is_inert
            and all(e.attributes.get(n) == v for n, v in wanted.items())
        ]

    def one(self, tag: str, **wanted: str) -> Element:
        """Return the only such element."""
        (element,) = self.all(tag, **wanted)
        return element

    @property
    def ids(self) -> list[str]:
        """Every id, in order."""
        return [i for e in self.elements if not e.is_inert and (i := e.attributes.get("id"))]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>"
        element = Element(tag, dict(attrs), parents=tuple(e.tag for e in self.open))
        self.read.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parents = tuple(e.tag for e in self.open)
        self.read.elements.append(Element(tag, dict(attrs), parents=parents))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if not any(element.tag == "template" for element in self.open):
            self.read.text += data
        for element in self.open:
            element.text += data


def read(html: str) -> Read:
    """Read a page, which must be well nested."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert parser.open == [], "something is not closed"
    return parser.read
