"""Text and page numbers at the foot of each page of a PDF.

Used where wkhtmltopdf leaves out the header and footer of the company layout. The
letters of Odoo's own font have what most names are written in; a name that it has no
letters for is left out, as the first page has it anyway.
"""

import io

#: A font of Odoo's own, with Latin, Greek and Cyrillic letters.
FONT = "web/static/fonts/sign/NotoSans-Reg.ttf"
#: Size of the letters, distance to the edges of the page in points.
SIZE, SIDE, BOTTOM = 8, 28, 18
#: Width that page numbers need.
NUMBERS = 80


def stamp(content, texts):
    """Return the PDF ``content`` with ``texts`` and page numbers on each page."""
    # Odoo itself needs them for its PDFs, and imports them where it does.
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    from odoo.tools.pdf import PdfFileReader, PdfFileWriter  # noqa: PLC0415

    source = PdfFileReader(io.BytesIO(content), strict=False)
    pages = [source.getPage(number) for number in range(source.getNumPages())]
    packet = io.BytesIO()
    canvas = Canvas(packet)
    font, knows = get_font()
    foot = " · ".join(text for text in texts if knows(text))
    for number, page in enumerate(pages, start=1):
        width = float(abs(page.mediaBox.getWidth()))
        canvas.setPageSize((width, float(abs(page.mediaBox.getHeight()))))
        canvas.setFont(font, SIZE)
        canvas.setFillGray(0.4)
        most = width - 2 * SIDE - NUMBERS
        canvas.drawString(SIDE, BOTTOM, cut(canvas, foot, font, most))
        canvas.drawRightString(width - SIDE, BOTTOM, f"{number} / {len(pages)}")
        canvas.showPage()
    canvas.save()
    stamps, writer = PdfFileReader(packet), PdfFileWriter()
    for number, page in enumerate(pages):
        page.mergePage(stamps.getPage(number))
        writer.addPage(page)
    stamped = io.BytesIO()
    writer.write(stamped)
    return stamped.getvalue()


def get_font():
    """Return (name of the font, function that answers whether it has all letters of a
    text)."""
    from reportlab.pdfbase import pdfmetrics, ttfonts  # noqa: PLC0415

    from odoo.tools.misc import file_path  # noqa: PLC0415

    try:
        font = ttfonts.TTFont("BackflushNoto", file_path(FONT))
    except (FileNotFoundError, ttfonts.TTFError):
        return "Helvetica", lambda text: _is_western(text)
    pdfmetrics.registerFont(font)
    letters = font.face.charToGlyph.keys()
    return font.fontName, lambda text: letters >= {ord(letter) for letter in text}


def cut(canvas, text, font, most):
    """Return ``text``, or what of it fits into ``most`` points."""
    # No letter is narrower than a fifth of its height.
    text = text[: int(most / SIZE * 5)]
    if canvas.stringWidth(text, font, SIZE) <= most:
        return text
    while canvas.stringWidth(f"{text}…", font, SIZE) > most:
        text = text[:-1]
    return f"{text}…"


def _is_western(text):
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
