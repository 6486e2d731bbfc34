"""What the forwarder is told by its environment. Every mistake is named at once; no value is repeated."""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import urlsplit


class Mistakes(Exception):
    """One line for each setting that is missing or wrong."""


@dataclass(frozen=True)
class Settings:
    token: str
    guild: int
    url: str
    secret: str
    sees_text: bool
    keyword_chars: int
    queue: int
    reconcile_hours: int

    def __repr__(self):
        return f"Settings(url={self.url!r}, guild={self.guild})"


def _token(value):
    if not value:
        raise ValueError("the bot's token: Developer Portal, your application, Bot, Reset Token")
    return value


def _guild(value):
    if not value.isdecimal():
        raise ValueError("the server's id, digits only: right-click the server in Discord, Copy Server ID")
    return int(value)


def _url(value):
    parts = urlsplit(value)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError("where Hearth listens: https://HOST/webhooks/discord/COMMUNITY")
    return value


def _secret(value):
    words = "whsec_ and base64, the community's signing_secret"
    encoded = value.removeprefix("whsec_")
    if encoded == value or not encoded:
        raise ValueError(words)
    try:
        key(value)
    except binascii.Error:
        raise ValueError(words) from None
    return value


def key(secret):
    """The bytes to sign with. Secrets come with padding and without."""
    encoded = secret.removeprefix("whsec_").rstrip("=")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)


def _switch(value):
    if value not in ("yes", "no"):
        raise ValueError("yes or no")
    return value == "yes"


def _count(least):
    def read(value):
        if not value.isdecimal() or int(value) < least:
            raise ValueError(f"a number from {least}")
        return int(value)

    return read


# Environment variable, field, how it is read, what holds without it.
ALL = (
    ("DISCORD_TOKEN", "token", _token, ""),
    ("DISCORD_GUILD", "guild", _guild, ""),
    ("HEARTH_URL", "url", _url, ""),
    ("HEARTH_SECRET", "secret", _secret, ""),
    ("MESSAGE_CONTENT", "sees_text", _switch, "no"),
    ("KEYWORD_CHARS", "keyword_chars", _count(0), "100"),
    ("QUEUE", "queue", _count(1), "1000"),
    ("RECONCILE_HOURS", "reconcile_hours", _count(0), "48"),
)


def read(environment):
    """The settings, or `Mistakes` with a line for each that is missing or wrong."""
    values, mistakes = {}, []
    for name, field, reader, default in ALL:
        value = environment.get(name, "").strip()
        try:
            values[field] = reader(value or default)
        except ValueError as error:
            mistakes.append(f"{name}: {'expected' if value else 'not set; it is'} {error}")
    if mistakes:
        raise Mistakes("\n".join(mistakes))
    return Settings(**values)
