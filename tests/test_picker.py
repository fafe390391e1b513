from dlscratch.widgets.picker import Picker


class Letters(Picker):
    """Two lists of letters; it notes what it has looked at."""

    def __init__(self):
        self.looked = []
        lists = [
            {"text": text, "options": [{"text": each} for each in text]} for text in "ab cd".split()
        ]
        super().__init__("Letters.", ["list", "letter"], lists)

    def _look(self, chosen, k):
        self.looked.append((chosen, k))
        return self.lists[chosen]["options"][k]["text"], [(b"png", "words")]


def test_what_is_picked_is_looked_at_once_and_kept():
    picker = Letters()
    said = [picker.view["said"]]
    for chosen in ([1, 1], [0, 0], [1, 1]):
        picker.chosen = chosen
        assert list(picker.view["chosen"]) == chosen
        said.append(picker.view["said"])
    assert said == ["a", "d", "a", "d"] and picker.looked == [(0, 0), (1, 1)]
    assert picker.view["pictures"] == [{"png": b"png", "alt": "words"}]


def test_the_page_gets_an_answer_and_a_sentence_for_when_it_gets_none(monkeypatch):
    picker, answers = Letters(), []
    assert picker.no_kernel.startswith("Letters. ")
    assert "Run All Above Selected Cell" in picker.no_kernel
    monkeypatch.setattr(picker, "send", answers.append)
    picker._handle_custom_msg({}, [])
    assert answers == [{}]
