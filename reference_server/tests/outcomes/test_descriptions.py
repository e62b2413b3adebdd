"""The HTML that a description keeps: what live Canvas keeps, and no script in any form (canvas-behaviour 3.4)."""

import re
from html import unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canvas_outcomes_server.outcomes.allowed_html import ATTRIBUTES, ELEMENTS, PROPERTIES
from canvas_outcomes_server.outcomes.descriptions import sanitised

KEPT = "address big section legend mark var tt q sup font code header"
UNWRAPPED = "s center bdi data label form button dialog nobr"
REMOVED = "script style noscript noframes xmp noembed"
UNCHANGED = [
    *("plain text", "é😀\u200b", " ", "tab\tnew\nline", "x\x0cy", "x&lt;", "&nbsp;"),
    "<p>Students will <strong>read</strong> &amp; write.</p>\n<ul>\n<li>One</li>\n<li>Two</li>\n</ul>",
    # Elements
    *(f"<{name}>text</{name}>" for name in KEPT.split()),
    "<u>x</u><strike>z</strike>",
    "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
    '<map name="m"><area shape="rect" coords="0,0,1,1" href="/x" alt="a"></map>',
    '<iframe src="https://x.y/embed/x" width="1"></iframe>',
    '<object data="HTTP://X" classid="c"></object>',
    '<audio src="/a.mp3" controls=""></audio>',
    '<video src="http://x.y/" poster="/p.png"></video>',
    # Attributes
    '<table border="1" width="100%" cellpadding="2" summary="s" frame="f" rules="r"></table>',
    '<table><tbody><tr valign="top"><td colspan="2" align="left" abbr="a">x</td></tr></tbody></table>',
    '<ol start="3" type="a"><li>x</li></ol>',
    '<a name="x" target="_blank">y</a>',
    '<img src="/x.png" usemap="#m" longdesc="/l" width="10">',
    '<ul class="a b" id="i" title="t" lang="en" dir="ltr" role="list" aria-hidden="true">x</ul>',
    '<a data-a.b="x" data-item-href="/x">x</a>',
    '<div class="">x</div>',
    # URLs
    *(
        f'<a href="{url}">x</a>'
        for url in ("ftp://x", "mailto:a@b", "tel:1", "HTTP://X", "http:x", "a/b:c", "?q", "#f")
    ),
    *(
        f'<{attribute}="{url}">'
        for attribute in ("embed src", "img src")
        for url in ("//x.y/z", "https", "http://é.x/ü")
    ),
    '<blockquote cite="http://[::1]/">x</blockquote>',
    '<math href="http://x"></math>',
    # Styles
    *(
        f'<p style="{style}">x</p>'
        for style in (
            *("color:red", "color: red;", "color:red;color:blue", "margin:0 auto", "border:1px solid"),
            *("position:fixed", "z-index:9", "flex:1", "cursor:pointer", "overflow:auto", "min-width:1px", "order:1"),
            *(
                "border-radius:5px",
                "border-top:1px",
                "border-left-color:red",
                "margin-left:1px",
                "list-style-type:disc",
            ),
            *("background-image:url(x)", "background:url( http://x )", "color:var(--x)", "width:calc(1px + 2px)"),
            *("font-family:'A b', c", "color:RED !important", "background:url('https://x/y.png')"),
        )
    ),
]
CHANGED = [
    ("a & b < c", "a &amp; b &lt; c"),
    ("&copy; &#233; &not;in", "© é ¬in"),
    ("<p>a<p>b", "<p>a</p><p>b</p>"),
    ("<b><p>x</b>y</p>", "<b></b><p><b>x</b>y</p>"),
    ("<td>x", "x"),
    ("a\r\nb\rc\xa0d\x01\x7f\x9f\ufdd0\U0001ffffe", "a\nb\nc&nbsp;de"),
    ("\ufeffx\ufeff", "x\ufeff"),
    ("<b", ""),
    ("<!--c-->x<![CDATA[y]]>", "x"),
    # Elements whose text stays, and elements that vanish with it
    *((f"a<{name} class=c>b</{name}>c", "abc") for name in UNWRAPPED.split()),
    ("a<wbr>b", "ab"),
    *((f"a<{name}><b>x</b></{name}>c", "ac") for name in REMOVED.split()),
    ("a<svg>x<circle/></svg>c", "ac"),
    ("a<plaintext>b", "a"),
    ("a<iframe title='<iframe>'><b>x</b><script>y</script></iframe>c", 'a<iframe title="&lt;iframe&gt;"></iframe>c'),
    # Attributes
    ("<p onclick=x ONLOAD=y hidden draggable=true ping=x slot=y>x</p>", "<p>x</p>"),
    ('<a hreflang="en" rel="x" referrerpolicy="y">x</a>', "<a>x</a>"),
    ("<span aria-='x' aria-bogus='y' aria-label='z'>y</span>", '<span aria-label="z">y</span>'),
    ('<p data-method="delete" data-xml="1" data-1="x" data-kyle-menu="y" data-ok="z">x</p>', '<p data-ok="z">x</p>'),
    ('<p id=" a b\tc">x</p>', '<p id="abc">x</p>'),
    ('<p title="a&quot;b">x</p>', '<p title="a&quot;b">x</p>'),
    # URLs
    *((f'<img src="{url}">', "<img>") for url in ("ftp://x/", "mailto:x", "data:image/png;base64,AA", "x:y", "1:2")),
    *(
        (f'<{tag} cite="{url}">x</{tag}>', f"<{tag}>x</{tag}>")
        for tag in ("q", "blockquote")
        for url in ("skype:x", "ws://x")
    ),
    ('<a href="skype:x">x</a>', "<a>x</a>"),
    ('<a href=" http://x/a b ">x</a>', '<a href="http://x/a%20b">x</a>'),
    ('<a href="https://x.y/?a=1&b=2">x</a>', '<a href="https://x.y/?a=1&amp;b=2">x</a>'),
    ('<a data-url="x:y">x</a><p data-url="x:y">x</p>', '<a>x</a><p data-url="x:y">x</p>'),
    # Styles
    *(
        (f'<p style="{style}">x</p>', "<p>x</p>")
        for style in ("", " ", "transition:x", "content:'x'", "--x:1", "color", "/**/")
    ),
    *((f'<p style="color:red;width:{number}px">x</p>', "<p>x</p>") for number in ("9" * 5000, "0" * 5000 + "1")),
    (f'<a href="/&amp;#{"9" * 5000};" title="t">x</a>', '<a title="t">x</a>'),
    ('<p style="height:10px;unknown:1;width:2px">x</p>', '<p style="height:10px;width:2px">x</p>'),
    ('<p style=" color : red ;; x:1; width:1px; ">x</p>', '<p style="color : red ; width:1px;">x</p>'),
    ('<p style="color:red;}width:1px;height:1px">x</p>', '<p style="color:red;height:1px">x</p>'),
    ('<p style="color:red;/*c*/width:1px">x</p>', '<p style="color:red;width:1px">x</p>'),
    *(
        (f'<p style="width:1px;{style}">x</p>', '<p style="width:1px;">x</p>')
        for style in (
            *("background:url(data:image/png;base64,AA)", "background:url(x:y)", "background:URL( 'x:y' )"),
            *("background:url('a' b)", "background:url('a", "background:url(a b)", "background:u\\72l(javascript:x)"),
            *(
                "background:url(java\\script:x)",
                "width:expression(x)",
                "width:EXPRESSION(x)",
                "width:exp/**/ression(x)",
            ),
            *("width:(expression(x))", "color:javascript:x", "behavior:url(x)", "-moz-binding:url(x)", "@import 'x'"),
        )
    ),
]


@pytest.mark.parametrize("html", UNCHANGED)
def test_keeps_what_live_canvas_keeps(html: str) -> None:
    assert sanitised(html) == html


@pytest.mark.parametrize(("html", "stored"), CHANGED)
def test_changes_what_live_canvas_changes(html: str, stored: str) -> None:
    assert sanitised(html) == stored


NAMES = sorted(set.union(*ATTRIBUTES.values()) | {"data-x", "data-url", "onclick", "srcdoc", "formaction", "action"})
SCHEMES = ["javascript", "vbscript", "livescript", "data:text/html,", "data:image/svg+xml;x,"]
# Characters that a browser, or other software, ignores in a scheme, as they are or as entities.
NOISE = ["\t", "\n", "\r", " ", "\x00", "\x01", "\x1f", "\x7f", "\xa0", "\u200b", "\u2028", "\ufeff", "\xad", "\ufffd"]
IGNORED = re.compile("[" + "".join(NOISE) + "]")
TAG = re.compile(r'<([\w-]+)((?: [^\s=>]+="[^"]*")*)>')


@st.composite
def script_urls(draw: st.DrawFn) -> str:
    """URLs with a script scheme, disguised by case, entities, and ignored characters."""
    written = "".join(draw(st.sampled_from(NOISE)) for _ in range(draw(st.integers(0, 2))))
    scheme = draw(st.sampled_from(SCHEMES))
    for character in scheme + ("" if "data" in scheme else ":"):
        form = draw(st.integers(0, 5))
        upper = character.upper() if draw(st.booleans()) else character
        written += [upper, upper, upper, f"&#{ord(upper)};", f"&#x{ord(upper):05x};", f"&amp;#{ord(upper)};"][form]
        written += draw(st.sampled_from(["", "", "", "", "&Tab;", "&NewLine;", "&#10;", *NOISE]))
    return written + "alert(1)"


def attributes(html: str) -> list[tuple[str, str]]:
    """The names and the decoded values of the attributes of sanitised HTML."""
    pairs = [pair for _, text in TAG.findall(html) for pair in re.findall(r' ([^\s=>]+)="([^"]*)"', text)]
    return [(name, IGNORED.sub("", unescape(unescape(value))).lower()) for name, value in pairs]


@settings(max_examples=300)
@given(st.sampled_from(sorted(ELEMENTS)), st.sampled_from(NAMES), script_urls(), st.sampled_from(["", "x, ", "\x01"]))
@example("div", "data-url", "javascript:x", "")
@example("img", "longdesc", "javascript:x", "")
@example("source", "srcset", "javascript:x", "a.png 1x, ")
@example("param", "value", "java&#x0A;script&colon;x", "")
def test_no_attribute_keeps_a_script_url(element: str, name: str, url: str, before: str) -> None:
    around = "math" if "mathcolor" in ATTRIBUTES.get(element, ()) else "p"

    stored = sanitised(f'<{around}><{element} {name}="{before}{url}" class="c">x')

    for kept, value in attributes(stored):
        assert kept in ("class", "style") or not re.search(r"(java|vb|live)script:|data:[^,]*(html|svg)", value), stored
        assert not kept.startswith("on")


@settings(max_examples=200)
@given(
    st.sampled_from(sorted(PROPERTIES)),
    st.sampled_from(["url({})", "url('{}')", "{}", "x({})", "[url({})]"]),
    script_urls(),
)
@example("align-content", "{}", "data:image/svg+x&amp;#109;l;x,alert(1)")
def test_no_style_keeps_a_script_url(name: str, value: str, url: str) -> None:
    stored = sanitised(f'<p style="width:1px;{name}:{value.format(url)}">x')

    for _, kept in attributes(stored):
        assert not re.search(r"(java|vb|live)script:|data:[^,]*(html|svg)", kept), stored


PIECES = """
    <math> </math> <mi> <mtext> <annotation-xml/encoding=text/html> <mglyph> <iframe> </iframe> <table> <td> <svg> <b>
    <p> <style> </style> <script> </script> <noscript> <textarea> <xmp> <title> <select> <template> <form> <font>
    <a/href=x> <!-- --> ]]> <![CDATA[ <img/title='--&gt;&lt;img/onerror=x&gt;'> x & < > " '
"""


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES.split()), max_size=12))
def test_a_parser_that_reads_stored_html_finds_no_other_tags_in_it(pieces: list[str]) -> None:
    stored = sanitised("".join(pieces))

    assert set(TAG.findall(sanitised(stored))) <= set(TAG.findall(stored))


@pytest.mark.parametrize(
    "html",
    [
        *('<p style="' + "(" * 60_000 + '">x</p>', '<p style="color:' + "data:" * 13_000 + '">x</p>', "<b>" * 20_000),
        *('<a href="' + ":" * 65_000 + '">x</a>', '<p title=":' + "," * 65_000 + '">x</p>', "<iframe>" * 8_000),
        "<p style=\"background:url('" + " " * 190_000 + "')\">x</p>",
    ],
)
def test_a_long_description_takes_no_long_time(html: str) -> None:
    """Each of these took minutes, or a recursion without end, with a naive expression or parser."""
    assert len(sanitised(html)) < 200_000
