"""Pictures as SVG text, in the colors of the page: bars, a curve over time, a map. They know numbers and no retail."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import cos, radians, sqrt
from typing import NamedTuple

WIDTH = 960
WEST, EAST, SOUTH, NORTH = -125.2, -66.4, 24.2, 49.8
SCALE = WIDTH / ((EAST - WEST) * cos(radians(38)))
HEIGHT = round((NORTH - SOUTH) * SCALE)


def picture(height: int, content: Iterable[str], title: str, width: int = WIDTH) -> str:
    """Return a picture; the page scales it to the room that there is."""
    body = "\n".join(content)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{body}</svg>'


def text(x: float, y: float, said: object, kind: str = "", anchor: str = "start") -> str:
    """Return a text at a point."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(str(said))}</text>'


def bars(rows: Sequence[tuple[str, int, str]]) -> str:
    """Return horizontal bars for half the page: a name, a number that sets the length, and what is said at the end."""
    most = max((number for _, number, _ in rows), default=1) or 1
    content = []
    for n, (name, number, said) in enumerate(rows):
        y = n * 34 + 6
        width = max(number / most * 260, 1.5 if number else 0)
        content += [
            text(98, y + 16, name, "label", "end"),
            f'<rect x="108" y="{y}" width="{width:.1f}" height="22" rx="3" class="bar"/>',
            text(116 + width, y + 16, said, "value"),
        ]
    return picture(len(rows) * 34 + 6, content, ", ".join(f"{name} {said}" for name, _, said in rows), 440)


def columns(counts: Mapping[int, int], *, width: int, names: tuple[str, str], unit: str, height: int = 230) -> str:
    """Return a histogram by bins of a width, named by where they begin; from zero on they are colored as bad.

    `names` stand left and right of zero.
    """
    low, high = min((*counts, -width)), max((*counts, 0)) + width
    most = max(counts.values(), default=1)
    step = (WIDTH - 80) / (high - low)
    content = []
    for value, count in sorted(counts.items()):
        tall = max(count / most * (height - 70), 1.5)
        x, y = 40 + (value - low) * step, height - 36 - tall
        kind = "bad" if value >= 0 else "bar"
        content.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * width - 2:.1f}" height="{tall:.1f}" rx="2" class="{kind}">'
            f"<title>{value:+d} {unit}: {count}</title></rect>"
        )
    at = 40 - low * step - 1
    content += [
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="14" y2="{height - 34}" class="mark"/>',
        text(at - 8, 24, names[0], "value", "end"),
        text(at + 8, 24, names[1], "value"),
        f'<line x1="40" x2="{WIDTH - 40}" y1="{height - 35}" y2="{height - 35}" class="axis"/>',
    ]
    ticks = range(low - low % -24, high + 1, 24)
    content += [text(40 + (tick - low) * step, height - 14, f"{tick} {unit}", "small", "middle") for tick in ticks]
    return picture(height, content, f"histogram, {unit}")


class Band(NamedTuple):
    """A stretch of time that is marked, with what is said of it."""

    begins: int
    ends: int
    said: str


def curve(points: Sequence[tuple[int, int]], bands: Sequence[Band], days: Sequence[tuple[int, str]]) -> str:
    """Return a filled curve over time, with bands behind it and names of days below."""
    height = 240
    first, last = points[0][0], points[-1][0]
    most = max(value for _, value in points) or 1

    def at(moment: int, value: int) -> tuple[float, float]:
        return 40 + (moment - first) / max(last - first, 1) * (WIDTH - 80), height - 40 - value / most * (height - 80)

    content = []
    for begins, ends, said in bands:
        (x, _), (end, _) = at(begins, 0), at(ends, 0)
        content.append(f'<rect x="{x:.1f}" y="18" width="{end - x:.1f}" height="{height - 58}" class="band"/>')
        content.append(text(x + 8, 34, said, "value"))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
    base = height - 40
    content.append(f'<polygon points="40,{base} {line} {WIDTH - 40},{base}" class="area"/>')
    content.append(f'<polyline points="{line}" class="curve"/>')
    peak = max(points, key=lambda point: point[1])
    x, y = at(*peak)
    content.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="dot"/>{text(x + 9, y + 4, f"{peak[1]:,}", "value")}'
    )
    content.append(f'<line x1="40" x2="{WIDTH - 40}" y1="{base}" y2="{base}" class="axis"/>')
    content += [text(at(moment, 0)[0], height - 18, name, "small", "middle") for moment, name in days]
    return picture(height, content, "curve over time")


def point(lat: float, lng: float) -> tuple[float, float]:
    """Return where a position stands on the map: equirectangular, true to scale at 38 degrees north."""
    return (lng - WEST) * cos(radians(38)) * SCALE, (NORTH - lat) * SCALE


class Place(NamedTuple):
    """A place on the map, its kind for the color, what it sent, and what is said of it."""

    name: str
    kind: str
    lat: float
    lng: float
    sent: int
    said: str


def chart(
    places: Sequence[Place], flows: Sequence[tuple[str, float, float, int]], dots: Sequence[tuple[float, float]]
) -> str:
    """Return the map: dots far behind, flows from the places, and the places themselves, by what they sent."""
    by_name = {place.name: place for place in places}
    content = [
        '<path class="home" d="' + "".join(f"M{x:.0f} {y:.0f}h0" for x, y in (point(*dot) for dot in dots)) + '"/>'
    ]
    for place in sorted(places, key=lambda place: -place.sent):
        x, y = point(place.lat, place.lng)
        lines = []
        for name, lat, lng, _ in flows:
            if by_name[name] is place:
                to_x, to_y = point(lat, lng)
                bend = (to_x - x) * 0.08
                lines.append(
                    f"M{x:.0f} {y:.0f}Q{(x + to_x) / 2:.0f} {(y + to_y) / 2 - abs(bend):.0f} {to_x:.0f} {to_y:.0f}"
                )
        content.append(f'<path class="flow {place.kind}" d="{"".join(lines)}"/>')
    most = max((place.sent for place in places), default=1) or 1
    for place in sorted(places, key=lambda place: -place.sent):
        x, y = point(place.lat, place.lng)
        radius = 5 + 21 * sqrt(place.sent / most)
        content.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}" class="node {place.kind}">'
            f"<title>{escape(place.said)}</title></circle>"
        )
    for place in places:
        x, y = point(place.lat, place.lng)
        radius = 5 + 21 * sqrt(place.sent / most)
        content.append(text(x, y + radius + 13, place.name, "place", "middle"))
    return picture(HEIGHT, content, "map of nodes and flows")
