"""The gateway's objects as far as the forwarder looks at them, and what becomes of them: golden.json.

    python3 samples.py > golden.json

A test here and one of the Rust adapter read that file, so neither can leave the other behind.
"""

import json
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace as Object

import webhooks
from sender import signed

NOW = datetime(2026, 1, 5, 8, 30, 15, 250000, tzinfo=timezone.utc)
SECRET = "whsec_Zm9yd2FyZGVyLW9mLXRoZS10ZXN0cw=="
GUILD = Object(id=100000000000000001)
EMOJI = {"thumb": Object(id=None, name="👍"), "own": Object(id=700000000000000001, name="hearth")}


def member(**changes):
    fields = {
        "id": 200000000000000001,
        "guild": GUILD,
        "bot": False,
        "display_name": "小美",
        "joined_at": datetime(2026, 1, 5, 8, 0, 0, 123000, tzinfo=timezone.utc),
        "guild_permissions": Object(administrator=False, manage_guild=False),
    }
    return Object(**fields | changes)


def message(**changes):
    fields = {
        "id": 300000000000000001,
        "author": member(),
        "guild": GUILD,
        "channel": Object(id=400000000000000001),
        "content": "打卡 今天跑了五公里",
        "created_at": datetime(2026, 1, 5, 8, 1, 0, 456000, tzinfo=timezone.utc),
        "type": Object(value=0),
        "webhook_id": None,
        "reference": None,
    }
    return Object(**fields | changes)


def reaction(emoji="thumb", **changes):
    fields = {
        "user_id": 200000000000000001,
        "guild_id": GUILD.id,
        "channel_id": 400000000000000001,
        "message_id": 300000000000000001,
        "emoji": EMOJI[emoji],
    }
    return Object(**fields | changes)


def removed_user():
    """As the gateway tells of somebody who was not in the cache: a user, no member."""
    return Object(id=200000000000000002, bot=False)


def all_of_them():
    """One webhook of each kind."""
    admin = member(id=200000000000000003, guild_permissions=Object(administrator=True, manage_guild=False))
    thread = Object(id=400000000000000002, parent_id=400000000000000001)
    reply = Object(resolved=Object(author=admin), message_id=290000000000000001)
    kick = Object(target=Object(id=member().id), created_at=NOW - timedelta(seconds=1))
    cause = webhooks.cause_of([kick], member().id, NOW)
    return [
        webhooks.joined(member()),
        webhooks.joined(admin),
        webhooks.left(member(), GUILD.id, cause, NOW),
        webhooks.left(removed_user(), GUILD.id, webhooks.cause_of([kick], 200000000000000002, NOW), NOW),
        webhooks.renamed(member(), member(display_name="設計-小美"), NOW),
        webhooks.posted(message(), True, 100),
        webhooks.posted(message(content="很長的話" * 40), True, 100),
        webhooks.posted(message(content=""), False, 100),
        webhooks.posted(message(channel=thread, type=Object(value=19), reference=reply), True, 0),
        webhooks.posted(message(type=Object(value=19), reference=reply), True, 0),
        webhooks.posted(message(guild=None, content="stop"), False, 100),
        webhooks.reacted(reaction(), member(), admin, True, NOW),
        webhooks.reacted(reaction("own"), member(), None, True, NOW),
        webhooks.reacted(reaction(), member(), None, False, NOW),
        webhooks.Webhook("check:1767600000", "forwarder.check", NOW, {}),
    ]


def golden():
    rows = []
    for webhook in all_of_them():
        headers, body = signed(webhook, SECRET, int(NOW.timestamp()))
        rows.append({"headers": headers, "body": body.decode()})
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    print(golden(), end="")
