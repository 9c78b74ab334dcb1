import time

import pytest

from registry_site.texts.terminal import terminal_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b", "a &lt; b"),
        ("\x1b[31mred\x1b[0m plain", '<span class="ansi-red">red</span> plain'),
        (
            "\x1b[1;31mx\x1b[22my\x1b[39mz",
            '<span class="ansi-bold ansi-red">x</span><span class="ansi-red">y</span>z',
        ),
        (
            "\x1b[31ma\x1b[92mb\x1b[m",
            '<span class="ansi-red">a</span><span class="ansi-green">b</span>',
        ),
        ("\x1b[38;5;196mx\x1b[0m", '<span class="ansi-red">x</span>'),
        (
            "\x1b[38;5;46mx\x1b[38;5;12my\x1b[0m",
            '<span class="ansi-green">x</span><span class="ansi-blue">y</span>',
        ),
        ("\x1b[38;5;240mx\x1b[0m", '<span class="ansi-white">x</span>'),
        (
            "\x1b[38;5;999mx\x1b[38;5mx\x1b[48mx",
            '<span class="ansi-white">x</span>' * 2
            + '<span class="ansi-on-white ansi-white">x</span>',
        ),
        ("\x1b[38;2;1;2;3;4mx\x1b[0m", '<span class="ansi-black ansi-underline">x</span>'),
        ("\x1b[38;2;20;200;210mx", '<span class="ansi-cyan">x</span>'),
        (
            "\x1b[31;41mx\x1b[102my\x1b[49mz",
            '<span class="ansi-on-red ansi-red">x</span>'
            '<span class="ansi-on-green ansi-red">y</span>'
            '<span class="ansi-red">z</span>',
        ),
        ("\x1b[48;5;21mx\x1b[0m", '<span class="ansi-on-blue">x</span>'),
        ("\x1b[31m<b>\x1b[0m", '<span class="ansi-red">&lt;b&gt;</span>'),
        ("\x1b[2K\x1b[1Gx\x1b[?25l\x1b]0;title\x07y", "xy"),
        (" 10%\r 50%\r100%\n", "100%\n"),
        ("done\r\nnext\r\n", "done\nnext\n"),
        ("100%\r", "100%"),
        ("abc\x08d", "abd"),
        ("\x1b[9999999999mx", "x"),
        ("\x1b\x1bx", "x"),
    ],
)
def test_terminal(text, html):
    assert terminal_html(text) == html


@pytest.mark.slow
def test_hostile_output_is_quick():
    begun = time.process_time()
    for text in [
        "\x1b[" * 250_000,
        "\r" * 500_000,
        "\x1b]" * 250_000,
        "\x1b[1m" * 100_000,
        "x\x08" * 250_000,
        "x" * 500_000 + "\r",
    ]:
        terminal_html(text)
    assert time.process_time() - begun < 10
