"""The elements, attributes, URL schemes and CSS properties that a description may have (canvas-behaviour 3.4)."""

from itertools import product

_ELEMENTS = """
    a abbr acronym address area article aside audio b bdo big blockquote br caption cite code col colgroup dd del
    details dfn div dl dt em embed figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i iframe img ins kbd legend
    li map mark nav object ol p param picture pre q rp rt ruby samp section small source span strike strong sub summary
    sup table tbody td tfoot th thead time tr track tt u ul var video
"""
REMOVED_WITH_CONTENT = {"noembed", "noframes", "noscript", "plaintext", "script", "style", "svg", "xmp"}

_ARIA = """
    atomic autocomplete busy checked controls describedby description disabled dropeffect expanded flowto grabbed
    haspopup hidden invalid label labelledby level live multiline multiselectable orientation owns pressed readonly
    relevant required selected sort valuemax valuemin valuenow valuetext
"""
_CELL = "abbr align axis colspan dir rowspan valign width"
_MEDIA = "allow allowfullscreen controls height muted name playsinline poster src width"
_ATTRIBUTES = {
    "*": "class dir id lang role style title " + " ".join(f"aria-{name}" for name in _ARIA.split()),
    "a": "href name target",
    "area": "alt coords href shape target",
    "audio": _MEDIA,
    "blockquote": "cite",
    "col": "span width",
    "colgroup": "span width",
    "embed": "allowfullscreen allowscriptaccess height name pluginspage src type width wmode",
    "font": "color face size",
    "iframe": """
        align allow allowfullscreen frameborder height loading mozallowfullscreen name sandbox scrolling src
        webkitallowfullscreen width
    """,
    "img": "align alt height longdesc src usemap width",
    "map": "name",
    "object": "classid codebase data height type width",
    "ol": "start type",
    "param": "name value",
    "q": "cite",
    "source": "height media sizes src srcset type width",
    "table": "border cellpadding cellspacing center frame rules summary width",
    "td": _CELL,
    "th": f"{_CELL} scope",
    "tr": "align dir valign",
    "track": "default kind label src srclang",
    "ul": "type",
    "video": _MEDIA,
}

# MathML. The attributes of every element but the annotations, and those that many elements share.
_MATH = "arg href intent mathbackground mathcolor xref"
_ANNOTATION = "arg cd definitionURL encoding href intent name src xref"
_TOKEN = "mathsize mathvariant"
_STACK = "align charalign charspacing longdivstyle stackalign"
_TABLE = """
    align alignmentscope columnalign columnlines columnspacing columnwidth displaystyle equalcolumns equalrows frame
    framespacing groupalign minlabelspacing rowalign rowlines rowspacing side width
"""
_OPERATOR = f"""
    {_TOKEN} accent fence form indentalign indentalignfirst indentalignlast indentshift indentshiftfirst indentshiftlast
    indenttarget largeop linebreak linebreakmultchar linebreakstyle lineleading lspace maxsize minsize movablelimits
    rspace separator stretchy symmetric
"""
_STYLE = f"""
    {_OPERATOR} {_STACK} {_TABLE} accentunder bevelled close columnspan crossout decimalpoint denomalign depth edge
    height infixlinebreakstyle leftoverhang length linethickness location lquote mslinethickness notation numalign open
    position rightoverhang rowspan rquote scriptlevel scriptminsize scriptsizemultiplier selection separators shift
    subscriptshift superscriptshift valign voffset
"""
_MATH_ATTRIBUTES = {
    "maction": "actiontype selection",
    "maligngroup": "groupalign",
    "malignmark": "edge",
    "math": f"{_STYLE} altimg altimg-height altimg-valign altimg-width alttext cdgroup display maxwidth overflow xmlns",
    "menclose": "notation",
    "merror": "",
    "mfenced": "close open separators",
    "mfrac": "bevelled denomalign linethickness numalign",
    "mglyph": "alt height src valign width",
    "mi": _TOKEN,
    "mlabeledtr": "",
    "mlongdiv": _STACK,
    "mmultiscripts": "subscriptshift superscriptshift",
    "mn": _TOKEN,
    "mo": _OPERATOR,
    "mover": "accent align",
    "mpadded": "depth height lspace voffset width",
    "mphantom": "",
    "mprescripts": "",
    "mroot": "",
    "mrow": "",
    "ms": f"{_TOKEN} lquote rquote",
    "mscarries": "crossout location position scriptsizemultiplier",
    "mscarry": "crossout location",
    "msgroup": "position shift",
    "msline": "leftoverhang length mslinethickness position rightoverhang",
    "mspace": _TOKEN,
    "msqrt": "",
    "msrow": "position",
    "mstack": "align charalign charspacing stackalign",
    "mstyle": _STYLE,
    "msub": "subscriptshift",
    "msubsup": "subscriptshift superscriptshift",
    "msup": "superscriptshift",
    "mtable": _TABLE,
    "mtd": "columnalign columnspan groupalign rowalign rowspan",
    "mtext": f"{_TOKEN} depth height linebreak width",
    "mtr": "columnalign groupalign rowalign",
    "munder": "accentunder align",
    "munderover": "accent accentunder align",
    "none": "",
}
_ANNOTATIONS = {"annotation": _ANNOTATION, "annotation-xml": _ANNOTATION, "semantics": "definitionURL encoding"}

ELEMENTS = {*_ELEMENTS.split(), *_MATH_ATTRIBUTES, *_ANNOTATIONS}
ATTRIBUTES = {
    **{element: set(names.split()) for element, names in _ATTRIBUTES.items()},
    **{element: set(f"{_MATH} {names}".split()) for element, names in _MATH_ATTRIBUTES.items()},
    **{element: set(f"arg href intent xref {names}".split()) for element, names in _ANNOTATIONS.items()},
}

# A URL without a scheme is allowed everywhere.
DEFAULT_SCHEMES = {"http", "https"}
# These attributes hold a URL in every element; the others only where SCHEMES says so.
URL_ATTRIBUTES = {"altimg", "cite", "href", "src"}
SCHEMES = {
    ("a", "href"): DEFAULT_SCHEMES | {"ftp", "mailto", "tel"},
    ("a", "data-url"): DEFAULT_SCHEMES,
    ("a", "data-item-href"): DEFAULT_SCHEMES,
    ("object", "data"): DEFAULT_SCHEMES,
    **{(media, "src"): DEFAULT_SCHEMES | {"data"} for media in ("audio", "source", "track", "video")},
}

_SIDES = ("bottom", "left", "right", "top")
_PROPERTIES = """
    align-content align-items align-self background border border-radius clear clip color column-gap cursor direction
    display flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap float font gap grid height
    justify-content justify-items justify-self left line-height list-style margin max-height max-width min-height
    min-width order overflow overflow-x overflow-y padding place-content place-items place-self position right row-gap
    table-layout text-align text-decoration text-indent top user-select vertical-align visibility white-space width
    z-index zoom
    background-attachment background-color background-image background-position background-position-x
    background-position-y background-repeat border-collapse border-color border-spacing border-style border-width
    font-family font-size font-stretch font-style font-variant font-width grid-area grid-auto-columns grid-auto-flow
    grid-auto-rows grid-column grid-column-end grid-column-gap grid-column-start grid-gap grid-row grid-row-end
    grid-row-gap grid-row-start grid-template grid-template-areas grid-template-columns grid-template-rows
    list-style-image list-style-position list-style-type margin-offset
"""
PROPERTIES = {
    *_PROPERTIES.split(),
    *(f"{edge}-{side}" for edge, side in product(("border", "margin", "padding"), _SIDES)),
    *(f"border-{side}-{part}" for side, part in product(_SIDES, ("color", "style", "width"))),
}
