import random

import pytest

from artifacts.previews.encodings import guess_encoding

JAPANESE = [
    "名前,値\n学習率,0.1\nバッチ,32\n",
    "製品名,価格\n㈱日本,100\n①,2\n",
    "id,都道府県\n1,東京\n",
    "a,表\n1,性能\n",  # with backslashes as second bytes
    "今日は",
]
WESTERN = [
    "Größe,Wert\nFläche,3\nStraße,4\n",
    "nom,âge\nRené,3\nÉlodie,5\n",
    "élève,été\n",
    "naïveté, çà et là, dès à présent où\n",
    "°C and µm, all of them ±5\n",
    "it’s “quoted” – and costs 5 €\n",
    "año,niño\n",
]


@pytest.mark.parametrize("text", [*JAPANESE, "ﾃｽﾄ,ﾃﾞｰﾀ\n"])
def test_shift_jis(text):
    assert guess_encoding(text.encode("cp932")) == ("cp932", "Shift_JIS (CP932)")


@pytest.mark.parametrize("text", [JAPANESE[0], JAPANESE[2], JAPANESE[4]])
def test_euc(text):
    assert guess_encoding(text.encode("euc_jp")) == ("euc_jp", "EUC-JP")


@pytest.mark.parametrize("text", WESTERN)
def test_western(text):
    assert guess_encoding(text.encode("cp1252")) == ("cp1252", "Windows-1252")


def test_half_a_letter_at_the_end():
    assert guess_encoding("名前,値と表".encode("cp932")[:-1]) == ("cp932", "Shift_JIS (CP932)")


def test_noise_is_no_text():
    noise = random.Random(3)
    assert not any(guess_encoding(noise.randbytes(400)) for _try in range(200))
