"""The claims of the notebooks' prose, held against what runs show.

A claim is a fragment of a text cell, which stands under the cell's id, and a function without
arguments. If the function returns numbers, they are put into the fragment's braces; else it says
whether the fragment is true. Either way the text must have the fragment. So a claim fails when
the text changes and when the code does.

Most functions read the notebook's stored outputs, which `pytest --nbval` compares with those of
a fresh run. What the learner sees only in the panel, or in a picture, is computed here.

Every number of the prose must stand in a claim, or in `GIVEN`: those that the text sets and
measures nothing. Times are not compared: the prose says them so broadly that they hold on a
computer four times as slow.

Both stand in prose/, one file a notebook: claims_4_5_1.py for 4.5.1. What those files share is in
prose/shown.py.
"""

import importlib
import re

import numpy as np
import pytest
from prose.shown import NOTEBOOKS, text

CLAIMS, GIVEN = {}, {}
for name in NOTEBOOKS:
    module = importlib.import_module("prose.claims_" + name.split("_")[0].replace(".", "_"))
    CLAIMS[name], GIVEN[name] = module.CLAIMS, module.GIVEN

# In every cell: the sizes of the data and of the network, and the batches and iterations of the
# book.
GIVEN_EVERYWHERE = {"28", "784", "50", "10", "100", "600", "1,000", "10,000", "60,000", "0.1"}
CODE = re.compile(r"```.*?```|`[^`]*`|\[[^]]*\]\(http[^)]*\)|\]\([^)]*\)", re.S)
PLACE = re.compile(
    r"(?:chapters?|sections?|notebook) \d[\d.]*(?: to \d\.\d)?|4\.5\.\d|^\d+\. ", re.M
)
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?: ?%)?")


def pattern(fragment):
    """A fragment with numbers where its braces are."""
    return re.sub(r"\\{[^}]*\\}", r"[\\d.,]+", re.escape(fragment))


@pytest.mark.parametrize(
    ("id", "fragment", "shown"),
    [
        pytest.param(id, fragment, shown, id=f"{name}-{id}-{fragment}")
        for name, cells in CLAIMS.items()
        for id, claims in cells.items()
        for fragment, shown in claims.items()
    ],
)
def test_claim_is_what_a_run_shows(id, fragment, shown):
    result = shown()
    if isinstance(result, (bool, np.bool)):
        assert result
        assert fragment in text(id)
    else:
        assert fragment.format(*result) in text(id)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_number_is_claimed_or_given(name):
    loose = []
    for id, cell in NOTEBOOKS[name].items():
        if cell["cell_type"] != "markdown":
            continue
        prose = text(id)
        for other in (CODE, PLACE):
            prose = other.sub(lambda found: " " * len(found[0]), prose)
        claimed = [
            found.span()
            for fragment in CLAIMS[name].get(id, {})
            for found in re.finditer(pattern(fragment), text(id))
        ]
        for number in NUMBER.finditer(prose):
            given = GIVEN_EVERYWHERE | GIVEN[name].get(id, set())
            one_digit = re.fullmatch(r"\d", number[0])
            if not (one_digit or number[0] in given) and not any(
                start <= number.start() and number.end() <= end for start, end in claimed
            ):
                loose.append((id, number[0]))
    assert loose == []
