"""What a learner reads in Japanese keeps the rules of docs/japanese.md that a test can hold."""

import re

import pytest
from editions import ROOT, WORDS, read

J = "[ぁ-ゖァ-ヺー々一-鿿]"
SPANS = r"```.*?```|`[^`\n]+`|\$\$?[^$]+\$\$?|<!--.*?-->|\{[{%].*?[%}]\}|</?\w[^>]*>"
NO_PROSE = re.compile(rf"(?s){SPANS}|\]\([^)]*\)|https?:\S+")
SECTION = re.compile(rf"4\.5\.\d (?!の)(?={J})")  # "4.5.0 はじめる前に"
BOLD = re.compile(r"(?s)(?<=(.))\*\*(.+?)\*\*(?=(.))")
NAMES = "Python|NumPy|MNIST|JupyterLab|JupyterHub|Binder|Mac|Windows|Ctrl|Tab|Enter"
RULES = {
    "no space beside a number": rf"{J} \d[\d.,]*%?(?= ?{J})|(?<={J})\d[\d.,]*%? {J}",
    "no space before what is counted": r"(?<!\w)[\d.,}]+ [個回枚行列番桁秒分時倍つ]",
    "no space beside a name": rf"{J} (?:{NAMES})|\b(?:{NAMES}) {J}",
    "digits, letters, : and % of half width": "[０-９Ａ-Ｚａ-ｚ：％]",
    "no space before %": r"[\d}] %",
    "、 and 。 and ／, no !": rf"{J} ?[;,!?](?!\))|; ?{J}|！",
    "ミリ秒": r"\d ?ms\b",
}
MARKED = {  # where code is marked as code
    "no space beside a letter or digit": rf"{J} (?:\*\*)?-?[A-Za-z0-9]|[A-Za-z0-9%](?:\*\*)? {J}",
    "「」 instead of italics": rf"(?<![*\w])[*_][^*_\n]*{J}[^*_\n]*[*_](?![*\w])",
}
BANNED = """
分かり 分かる 分からな いちばん もっとも 機械(?!学習) 要[るりら] 打[つち] 断[りる] 断られ 分け合
[1-9]冊 下に残 写し 複製 学ぶ人 値打ち 見本 出会 実数 本当の数字 演習 はじめの設定 プロセッサ時間
隠れ層[がを]\\s?\\d 引かれ (?:番号|画像|バッチ|rng\\sで)を?引 カーネルが止 訓練の画像 テストの画像
どこへ行 聞かせ リストの行 どのリスト 見えるはず
""".split()
TERMS = {
    **{"過学習": "overfitting", "混同行列": "confusion matrix", "汎化": "generalization"},
    **{"学習率": "learning rate", "ミニバッチ": "mini-batch", "エポック": "epoch"},
    **{"損失関数": "loss function", "活性化関数": "activation function", "推論": "inference"},
    **{"交差エントロピー誤差": "cross-entropy error", "中心差分": "central difference"},
    **{"誤差逆伝播法": "backpropagation", "数値微分": "numerical differentiation"},
    **{"認識精度": "accuracy", "教師データ": "target", "隠れ層": "hidden layer"},
}
NOTEBOOKS = sorted((ROOT / "notebooks/ja").glob("*.ipynb"))
TEMPLATES = [ROOT / "lite/templates" / name for name in ("ja.html", "words.html")]
PAGES = [*ROOT.glob("*.ja.md"), *ROOT.glob("docs/*.ja.md"), *TEMPLATES]


def faults(text, rules=RULES):
    """List the rules that a text breaks, each with the place."""
    prose = SECTION.sub("", NO_PROSE.sub("`", text))
    found = [(rule, m[0]) for rule, sign in rules.items() for m in re.finditer(sign, prose)]
    found += [("another word", m[0]) for m in re.finditer("|".join(BANNED), prose)]
    for before, bold, after in BOLD.findall(f" {prose} "):
        if re.match(r"\w[「（`]", before + bold) or re.search(r"[）」。、:`]\w$", bold + after):
            found.append(("Markdown would show the asterisks", bold))
    return found


def texts(path):
    """Give the texts of a notebook: its text cells, then the words for its figures."""
    cells = read(path).cells
    alts = [cell.metadata["alt"] for cell in cells if "alt" in cell.metadata]
    return [cell.source for cell in cells if cell.cell_type == "markdown"] + alts


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks(path):
    assert [fault for text in texts(path) for fault in faults(text, RULES | MARKED)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_guides_and_pages(path):
    assert faults(path.read_text("utf-8"), RULES | MARKED) == []


def test_messages():
    assert [(ours, faults(ours)) for ours in WORDS["ja"].values() if faults(ours)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_term_has_its_english_where_a_notebook_says_it_first(path):
    """Its title, its goals, headings and links to other notebooks come before."""
    body = re.sub(r"(?m)^#.*$|\[[^]]*\]\([^)]*\)", "", "\n".join(texts(path)[1:]))
    first = {term: body[body.find(term) :] for term in TERMS if term in body}
    assert [t for t in first if not re.match(rf"{t}(\*\*|」)?（{TERMS[t]}", first[t])] == []


WRONG = """損失は 0.5 くらい。79,510 個。Python のコード。７行目。94.7 %。正しい; 次は。0.3 ms。
これは *平均* です。これが**学習率（learning rate）**です。値は **0.1** です。行番号を引きます"""


@pytest.mark.parametrize("text", re.split("。\n?", WRONG))
def test_the_rules_find_what_they_are_for(text):
    assert faults(text, RULES | MARKED)


def test_the_rules_let_good_text_pass():
    text = "4.5.0 はじめる前に、`x` の7行目を選ぶ。**過学習**（overfitting）。94.7%です。"
    assert faults(text, RULES | MARKED) == []
