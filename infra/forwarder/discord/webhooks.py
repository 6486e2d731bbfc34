"""What the gateway tells, as Standard Webhooks: pure functions, nothing of discord.py imported.

A webhook's id is made of the act itself, never drawn: two forwarders, or one that is told something
twice, send the same id with the same timestamp, and Hearth counts it once. Text goes along only where
keywords are looked for in it; functions return None for what is nobody's act or none of Hearth's business.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

# Messages that people write: an ordinary one, and a reply. Others are the gateway's own notes.
WRITTEN = (0, 19)
REPLY = 19
# The first millisecond of 2015, from which Discord's ids count.
DISCORD_EPOCH = 1_420_070_400_000
# Older entries of the audit log are about somebody's earlier leave.
RECENT = timedelta(seconds=30)


@dataclass(frozen=True)
class Webhook:
    """One event, ready to be signed. `id` is ASCII, as a header must be."""

    id: str
    type: str
    at: datetime
    data: dict

    def body(self) -> bytes:
        body = {"type": self.type, "timestamp": rfc3339(self.at), "data": self.data}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def rfc3339(at):
    return at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def born(snowflake):
    """The instant in one of Discord's ids."""
    return datetime.fromtimestamp(((snowflake >> 22) + DISCORD_EPOCH) / 1000, timezone.utc)


def milliseconds(at):
    return round(at.timestamp() * 1000)


def hour(at):
    """The hour of what the gateway tells without a time: the same for everybody who is told."""
    return at.astimezone(timezone.utc).replace(minute=0, second=0, microsecond=0)


def is_staff(member):
    allowed = member.guild_permissions
    return bool(allowed.administrator or allowed.manage_guild)


def joined(member):
    """A member came, or was found in the list of members."""
    if member.bot or member.joined_at is None:
        return None
    return Webhook(
        id=f"join:{member.guild.id}:{member.id}:{milliseconds(member.joined_at)}",
        type="member.joined",
        at=member.joined_at,
        data={"member": str(member.id), "name": member.display_name, "staff": is_staff(member)},
    )


def left(user, guild_id, cause, now):
    """Somebody left. Who was in the cache is a member and has `joined_at`: one leave for each stay."""
    if user.bot:
        return None
    joined_at = getattr(user, "joined_at", None)
    stay = milliseconds(joined_at) if joined_at else milliseconds(hour(now))
    return Webhook(
        id=f"leave:{guild_id}:{user.id}:{stay}",
        type="member.left",
        at=now,
        data={"member": str(user.id), "cause": cause},
    )


def cause_of(entries, user_id, now):
    """`removed` if the audit log has just told of a kick or a ban of this user, else `unknown`: somebody who
    left by themselves and somebody whose removal we may not see look the same."""
    for entry in entries:
        target = getattr(entry.target, "id", None)
        if target == user_id and abs(now - entry.created_at) <= RECENT:
            return "removed"
    return "unknown"


def renamed(before, after, now):
    if after.bot or before.display_name == after.display_name:
        return None
    name = hashlib.sha256(after.display_name.encode()).hexdigest()[:12]
    return Webhook(
        id=f"rename:{after.guild.id}:{after.id}:{name}:{milliseconds(hour(now))}",
        type="member.renamed",
        at=now,
        data={"member": str(after.id), "name": after.display_name, "staff": is_staff(after)},
    )


def posted(message, sees_text, keyword_chars):
    """Something was written: in the server, or one to one with the bot.

    `sees_text` is whether the gateway hands over what others write (Message Content intent); one to one it
    always does. Without it a message is told without its length. Text of up to `keyword_chars` characters
    goes along for keywords; 0 = never. A reply tells whom it answers, unless that message is gone.
    """
    if message.author.bot or message.webhook_id is not None or message.type.value not in WRITTEN:
        return None
    direct = message.guild is None
    # A thread counts where it hangs.
    channel = getattr(message.channel, "parent_id", None) or message.channel.id
    data = {"member": str(message.author.id), "message": str(message.id), "channel": str(channel)}
    if direct:
        data["direct"] = True
    if sees_text or direct:
        data["length"] = len(message.content)
        if 0 < len(message.content) <= keyword_chars:
            data["keyword_text"] = message.content
    answered = getattr(getattr(message.reference, "resolved", None), "author", None)
    author = str(answered.id) if answered is not None and not answered.bot else None
    if author is not None:
        data["reply_to_author"] = author
    data |= thread(message, author)
    return Webhook(id=f"message:{message.id}", type="message.posted", at=message.created_at, data=data)


def thread(message, answered):
    """In which thread a message answers, named by the id of its first message, which says when that was.

    A thread of Discord's has the id of the message it was made from, or of its first one; who wrote that is
    not told with an answer. Elsewhere a reply's thread is the message that it answers, of the member `answered`:
    what that one answered is not told.
    """
    replied = getattr(message.reference, "message_id", None) if message.type.value == REPLY else None
    hangs = getattr(message.channel, "parent_id", None) is not None
    first = message.channel.id if hangs else replied
    if first is None or first == message.id:
        return {}
    found = {"thread": str(first), "thread_started": rfc3339(born(first))}
    if not hangs and answered is not None:
        found["thread_author"] = answered
    return found


def reacted(payload, member, author, added, now):
    """A reaction was put on a message or taken back. `member` is who did it, None if nobody knows them: then
    it may have been a bot. `author` is the member who wrote the message, None if nobody knows them or it is
    not told, as of a reaction taken back. The gateway tells no time: reactions are of the hour, and never from before the
    member came."""
    if payload.guild_id is None or member is None or member.bot:
        return None
    emoji = payload.emoji.id or quote(payload.emoji.name or "?", safe="")
    sign = "+" if added else "-"
    data = {
        "member": str(payload.user_id),
        "message": str(payload.message_id),
        "channel": str(payload.channel_id),
    }
    if author is not None and not author.bot:
        data["author"] = str(author.id)
    return Webhook(
        id=f"reaction:{payload.message_id}:{payload.user_id}:{emoji}:{sign}",
        type="reaction.added" if added else "reaction.removed",
        at=max(hour(now), member.joined_at or hour(now)),
        data=data,
    )
