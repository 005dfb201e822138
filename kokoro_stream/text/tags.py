"""What a ``<`` begins: comments, addresses, HTML, and with markup the elements of SSML."""

from __future__ import annotations

import html
from collections.abc import Mapping

import regex

from . import markup
from .addresses import spoken_url
from .blocks import open_code
from .directions import Break, Rate, Say
from .markup import MarkupError
from .page import Page
from .words import words

BETWEEN_RATES_MS = {True: 350, False: 120}  # after a sentence, and within one; neither is a paragraph's end
MOST_CONTENT = 256  # characters of an element that must be known as a whole

_ATTRIBUTE = r"""\s{1,8}(?P<key>[\w:.@-]{1,40})=(?P<value>"[^"<]{0,256}"|'[^'<]{0,256}'|[^\s"'<>=]{1,256})"""
_ATTRIBUTES = rf"(?P<attributes>(?:{_ATTRIBUTE}){{0,16}})"
COMMENT = regex.compile(r"<!--(?:[^-<]|-(?!->)|<(?!!--)){0,1024}-->")
AUTOLINK = regex.compile(r"<(?P<link>(?i:https?://|ftp://)[^\s<>]{1,2048}|[\w.+-]{1,64}@[\w.-]{1,253})>")
TAG = regex.compile(
    rf"<(?P<slash>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]{{0,31}}){_ATTRIBUTES}\s{{0,8}}(?P<closed>/?)>"
    r"|<!(?i:doctype)[^<>\n]{0,200}>"
)
ELEMENT = regex.compile(
    rf"<(?P<name>phoneme|sub|say-as){_ATTRIBUTES}\s{{0,8}}>(?P<content>[^<]{{1,{MOST_CONTENT}}})</(?P=name)\s{{0,8}}>"
)
_KEY = regex.compile(_ATTRIBUTE)
_MENTION = regex.compile(rf"</?(?P<name>{'|'.join(sorted(markup.OBEYED))})(?![\w-])")

BLOCKS = words(
    "br p div li ul ol tr table h1 h2 h3 h4 h5 h6 hr blockquote section article header footer main nav aside figure "
    "summary details dl dt dd caption figcaption"
)
NAMES = BLOCKS | words(
    "a abbr b body button cite code del em font head html i img input ins kbd label mark q "
    "s samp small span strike strong sub sup tbody td tfoot th thead time title tt u var wbr"
)
CELLS = words("td th")
CODE = words("pre script style")  # what is between is for machines


def read_tag(page: Page) -> int:
    """Read what begins with the ``<`` here."""
    if (comment := page.construct(COMMENT)) is not None:
        return page.drop(comment.end(), "a comment")
    if (autolink := page.construct(AUTOLINK)) is not None:
        link = autolink["link"]
        return page.say(spoken_url(link) if "://" in link else link, autolink.end())
    if page.settings.markup and (end := _read_element(page)) is not None:
        return end
    tag = page.construct(TAG)
    if tag is None:
        return _no_tag(page)
    name = (tag["name"] or "").lower()
    if page.settings.markup and name in markup.OBEYED | markup.STRUCTURE | markup.UNSUPPORTED:
        return _read_ssml(page, name, tag)
    return _read_html(page, name, tag)


def _no_tag(page: Page) -> int:
    if page.settings.markup and (mention := page.run(_MENTION)) is not None:
        return page.drop(mention.end(), f"<{mention['name']}>: the tag is not complete", "invalid_markup")
    return page.copy(page.at + 1)


def _read_html(page: Page, name: str, tag: regex.Match[str]) -> int:
    before, after = page.sides(tag.end())
    end = tag.end()
    if name in CODE and not tag["slash"] and not tag["closed"]:
        page.end_block(page.at)
        open_code(page, f"</{name}>", end)
        return page.at
    if name in BLOCKS:
        if page.kind == "row":
            return page.space(end)
        page.end_block(page.at)
    elif name in CELLS:
        page.spoken.cell(*page.span(end))
    elif name == "sup" and not tag["slash"]:
        return page.say("^", end) if _raises(page, after) else page.skip(end)
    elif name not in NAMES and tag["name"]:
        return _read_unknown(page, tag, before, after)
    return page.skip(end)


def _raises(page: Page, after: str) -> bool:
    """Whether what is set above the line is a power; behind a word it is the number of a note, or "st"."""
    word = page.text[page.at - 3 : page.at].isalpha()
    base = page.text[page.at - 1]
    return not word and (base.isalnum() or base == ")") and (after.isdigit() or after in ("-", "−", "+", "n"))


def _read_unknown(page: Page, tag: regex.Match[str], before: str, after: str) -> int:
    """``List<int>`` is no HTML, ``<your name>`` among words is something to fill in; the rest wraps something."""
    if before.isalnum() and not tag["slash"]:
        return page.copy(page.at + 1)
    plain = not (tag["slash"] or tag["closed"] or tag["attributes"])
    among_words = before in " \"'(“‘" and (not after or after in " \"').,;:!?”’")
    if plain and among_words and tag["name"].lower() not in markup.OBEYED | markup.STRUCTURE:
        return page.say(tag["name"].replace("-", " "), tag.end())
    return page.drop(tag.end(), "a tag")


def _read_element(page: Page) -> int | None:
    """An element of SSML that says its content in another way; None when there is none."""
    found = page.construct(ELEMENT)
    attributes = _attributes(found["attributes"]) if found is not None else {}
    if found is None or (found["name"] == "sub" and "alias" not in attributes):
        return None
    first, last = found.span("content")
    content = html.unescape(found["content"])
    try:
        if found["name"] == "phoneme":
            span = page.source.starts[first], page.source.ends[last - 1]
            page.directions.append(Say(*span, markup.element_phonemes(attributes)))
            said = content
        else:
            said = markup.alias(attributes) if found["name"] == "sub" else markup.said_as(attributes, content)
    except MarkupError as error:
        page.drop(first, str(error), "invalid_markup")
        said = content
    page.skip(first)
    page.say(said, last) if said != found["content"] else page.copy(last)
    return page.skip(found.end())


def _read_ssml(page: Page, name: str, tag: regex.Match[str]) -> int:
    try:
        _obey(page, name, tag)
    except MarkupError as error:
        return page.drop(tag.end(), str(error), "invalid_markup")
    return page.skip(tag.end())


def _obey(page: Page, name: str, tag: regex.Match[str]) -> None:
    attributes = _attributes(tag["attributes"])
    if name == "break":
        if not tag["slash"] and (milliseconds := markup.break_ms(attributes)):
            _pause(page, milliseconds)
    elif name == "prosody":
        _change_rate(page, attributes, opens=not tag["slash"])
    elif name in ("p", "s", "speak"):
        page.end_block(page.at)
    elif name in markup.UNSUPPORTED:
        raise MarkupError(f"<{name}> is not supported")
    elif name == "sub" and "alias" not in attributes and not tag["closed"]:
        return  # HTML's, for what is set below the line
    elif name != "emphasis":
        raise MarkupError(f"<{name}> needs text, no other tags, and its end within {MOST_CONTENT} characters")


def _pause(page: Page, milliseconds: int) -> None:
    at = page.source.starts[page.at]
    page.end_block(page.at)
    page.directions.append(Break(at, milliseconds))


def _change_rate(page: Page, attributes: Mapping[str, str], *, opens: bool) -> None:
    if opens and len(page.rates) >= markup.MOST_OPEN:
        raise MarkupError(f"<prosody>: more than {markup.MOST_OPEN} within one another")
    if not opens and not page.rates:
        raise MarkupError("</prosody> without its beginning")
    outer = page.rates[-1] if page.rates else 1.0
    if opens:
        page.rates.append(outer)  # also when the rate is refused, for its end will come
        factor = page.rates[-1] = outer * markup.rate_factor(attributes)
    else:
        page.rates.pop()
        factor = page.rates[-1] if page.rates else 1.0
    if page.spoken.last != "\n":
        _pause(page, BETWEEN_RATES_MS[page.spoken.last_mark in ".!?…"])
    page.directions.append(Rate(page.source.starts[page.at], factor))


def _attributes(written: str) -> dict[str, str]:
    return {found["key"].lower(): html.unescape(found["value"].strip("\"'")) for found in _KEY.finditer(written)}
