"""Made-up names of people, so that each document is somebody's."""

from __future__ import annotations

_FIRST = """Anna Ben Clara David Elena Farid Greta Hassan Ines Jonas Katya Luis Mira Nils Olga Pablo Rosa Samir Tara
Uwe Vera Wanda Xenia Yusuf Zoe""".split()
_LAST = """Adler Becker Costa Duarte Egger Fischer Garcia Huber Ivanova Jensen Keller Lopez Meyer Novak Okafor Petrov
Quint Rossi Santos Tanaka Ueda Vogel Weber Yilmaz Zeller""".split()


def full_name(number: int) -> str:
    """A first and a last name."""
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"
