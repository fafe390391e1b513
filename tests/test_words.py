"""The course speaks English until Japanese is chosen."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from dlscratch import words
from dlscratch.words import choose_words, say


@pytest.fixture(autouse=True)
def english_again():
    yield
    choose_words("en")


def test_a_sentence_is_looked_up_when_it_is_said(monkeypatch, tmp_path):
    catalog = Catalog(locale="ja")
    catalog.add("loss {loss:.3f}", "損失 {loss:.3f}")
    (tmp_path / "ja/LC_MESSAGES").mkdir(parents=True)
    with open(tmp_path / "ja/LC_MESSAGES/dlscratch.po", "wb") as file:
        write_po(file, catalog)
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    assert say("loss {loss:.3f}", loss=2) == "loss 2.000"
    choose_words("ja")
    assert say("loss {loss:.3f}", loss=2) == "損失 2.000"
    assert say("loss {loss:.3f}") == "損失 {loss:.3f}"  # without values it keeps their places
    assert say("not in the catalogue: {x}", x=1) == "not in the catalogue: 1"
    choose_words("en")
    assert say("loss {loss:.3f}", loss=2) == "loss 2.000"
