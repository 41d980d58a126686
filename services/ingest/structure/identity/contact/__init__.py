"""Where a person can be reached: e-mail addresses, telephone numbers, links."""

from pathlib import Path

CONTACT_CUES = Path(__file__).with_name("contact_cues_v1.tsv")
