"""Where a platform's own viewer shows a photo. We hold no photo: we link, and never embed."""

from urllib.parse import quote, urlsplit

_PLACE = "{ref}"


def viewer_link(template: str | None, ref: str | None) -> str | None:
    """The address of a photo in its platform's viewer; None where there is none to trust.

    Args:
        template: what the platform set, `https://.../{ref}`.
        ref: the platform's own id for the photo.
    """
    if not template or not ref or _PLACE not in template:
        return None
    address = template.replace(_PLACE, quote(ref, safe=""))
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    # Checked when it was set, and here again: what stands in an `href` may run as code.
    host = urlsplit(template.replace(_PLACE, "")).netloc
    is_safe = parts.scheme == "https" and parts.netloc and parts.netloc == host
    return address if is_safe and "@" not in host else None
