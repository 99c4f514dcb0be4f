"""Links of a mail that tell when they are followed."""

import re
from collections.abc import Callable
from html import escape, unescape

LINK = re.compile(r'(<a\b[^>]*?\shref=")(https?://[^"]+)(")')
LONGEST = 1_000


def through(html: str, own: str, seal: Callable[[str], str]) -> str:
    """`html` whose links lead to where `seal` says instead.

    Those to ourselves, `own`, stay: whoever leaves a topic or answers a survey is noted by that. So do very long ones,
    which mail programs would cut.
    """

    def led(found: re.Match[str]) -> str:
        address = unescape(found[2])
        if address.startswith(own) or len(address) > LONGEST:
            return found[0]
        return found[1] + escape(seal(address)) + found[3]

    return LINK.sub(led, html)
