"""PDF documents with pictures, made by the library that reads them."""

from io import BytesIO

import pikepdf
from pikepdf import Name

from tests.factories import encode


def jpeg(document, image, **entries):
    """A picture that is kept as a JPEG file."""
    body = encode(image, "JPEG", quality=70)
    return picture(document, image, body, Filter=Name.DCTDecode, **entries)


def plain(document, image, **entries):
    """A picture that is kept as pixels."""
    return picture(document, image, image.tobytes(), **entries)


def picture(document, image, body, **entries):
    """A picture of any kind; `entries` go into its dictionary."""
    space = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}[image.mode]
    usual = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": image.width,
        "Height": image.height,
        "ColorSpace": space,
        "BitsPerComponent": 8,
    }
    return document.make_stream(body, **usual | entries)


def pdf_of(*makers, password=None):
    """A document with a page that shows these pictures; each maker gets the document."""
    with pikepdf.new() as document:
        page = document.add_blank_page()
        shown = {f"/P{number}": make(document) for number, make in enumerate(makers)}
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(shown))
        body = BytesIO()
        locked = pikepdf.Encryption(user=password, owner=password) if password else False
        # Compressed lists of objects, as word processors write them.
        mode = pikepdf.ObjectStreamMode.generate
        document.save(body, encryption=locked, object_stream_mode=mode)
    return body.getvalue()
