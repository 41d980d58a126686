"""docs/quality-calibration.svg: the chance that a score tells, beside what recruiters said."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib
from pooled_figures import Calibration

matplotlib.use("svg")
from matplotlib import pyplot

PLOT = Path(__file__).resolve().parents[3] / "docs" / "quality-calibration.svg"
# Of a normal distribution, for intervals of 95 %.
_WIDTH = 1.96


def draw(calibration: Calibration, path: Path = PLOT) -> None:
    """A point for each band with its 95 % interval (Wilson, 1927), beside the line on which chances come true."""
    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", lw=1, ls=":", label="as told")
    told = [mean for mean, _, _ in calibration.bands]
    shares = [share for _, share, _ in calibration.bands]
    ends = [_interval(share, pairs) for _, share, pairs in calibration.bands]
    errors = [
        [share - low for share, (low, _) in zip(shares, ends, strict=True)],
        [high - share for share, (_, high) in zip(shares, ends, strict=True)],
    ]
    pairs = calibration.bands[0][2]
    axes.errorbar(told, shares, errors, fmt="o", color="tab:blue", capsize=3, label=f"bands of about {pairs} pairs")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("chance of a grade of 5 or more that the score tells")
    axes.set_ylabel("share of pairs with such a grade")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", loc="upper left")
    axes.set_title(f"Brier skill over the base rate: {calibration.skill:.3f}", fontsize="medium")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _interval(share: float, pairs: int) -> tuple[float, float]:
    spread = _WIDTH**2 / pairs
    middle = (share + spread / 2) / (1 + spread)
    half = _WIDTH / (1 + spread) * math.sqrt(share * (1 - share) / pairs + spread / (4 * pairs))
    # Rounding must not turn an end past the share itself.
    return min(middle - half, share), max(middle + half, share)
