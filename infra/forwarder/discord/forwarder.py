#!/usr/bin/env python3
"""Forwards what happens in a Discord server to Hearth: Discord tells nobody over HTTP who joins, writes or
reacts, so this stays connected to its gateway. README.md says how to set it up.

    python forwarder.py             forwards until it is stopped
    python forwarder.py --check     checks the settings and posts one signed test event
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from datetime import datetime, timedelta, timezone

import settings
import webhooks
from sender import Sender, advice, post, signed, verdict

log = logging.getLogger("forwarder")

# The audit log is written a moment after the gateway tells that somebody left.
AUDIT_PAUSE = 2
# Seconds for what is queued when the process is told to stop; systemd and containers kill after more.
LAST_WORDS = 8


def now():
    return datetime.now(timezone.utc)


def check(config):
    """Posts one event of a type that Hearth ignores, and says what came of it."""
    at = now()
    event = webhooks.Webhook(f"check:{int(at.timestamp())}", "forwarder.check", at, {})
    headers, body = signed(event, config.secret, int(time.time()))
    status = post(config.url, headers, body)
    if verdict(status) == "done":
        print(f"{config.url}: {status}, Hearth believes us")
        return True
    print(f"error: {config.url}: {advice(status)}", file=sys.stderr)
    return False


def make_client(config, sender):
    """The gateway's client, with a handler for each thing that Hearth is told."""
    import discord

    intents = discord.Intents.none()
    intents.guilds = True
    intents.members = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.guild_reactions = True
    intents.message_content = config.sees_text

    def offer(webhook):
        if webhook is not None:
            sender.offer(webhook)

    def is_ours(guild):
        return guild is not None and guild.id == config.guild

    class Client(discord.Client):
        async def on_ready(self):
            guild = self.get_guild(config.guild)
            if guild is None:
                log.error("DISCORD_GUILD: the bot is not in a server with this id")
                await self.close()
                return
            log.info("forwarding to %s", config.url)
            await reconcile(guild)

        async def on_member_join(self, member):
            if is_ours(member.guild):
                offer(webhooks.joined(member))

        async def on_raw_member_remove(self, payload):
            if payload.guild_id != config.guild:
                return
            at = now()
            cause = await self._cause(payload.user.id, at)
            offer(webhooks.left(payload.user, payload.guild_id, cause, at))

        async def on_member_update(self, before, after):
            if is_ours(after.guild):
                offer(webhooks.renamed(before, after, now()))

        async def on_message(self, message):
            # One to one with the bot: only members of this server have that right.
            known = message.guild is None and self._member(message.author.id) is not None
            if known or is_ours(message.guild):
                offer(webhooks.posted(message, config.sees_text, config.keyword_chars))

        async def on_raw_reaction_add(self, payload):
            self._reacted(payload, payload.member, True)

        async def on_raw_reaction_remove(self, payload):
            self._reacted(payload, self._member(payload.user_id), False)

        def _reacted(self, payload, member, added):
            if payload.guild_id == config.guild:
                author = self._member(payload.message_author_id)
                offer(webhooks.reacted(payload, member, author, added, now()))

        def _member(self, user_id):
            guild = self.get_guild(config.guild)
            return guild and guild.get_member(user_id)

        async def _cause(self, user_id, at):
            guild = self.get_guild(config.guild)
            if guild is None or guild.me is None or not guild.me.guild_permissions.view_audit_log:
                return "unknown"
            await asyncio.sleep(AUDIT_PAUSE)
            entries = []
            try:
                for action in (discord.AuditLogAction.kick, discord.AuditLogAction.ban):
                    entries += [entry async for entry in guild.audit_logs(limit=10, action=action)]
            except discord.HTTPException:
                log.warning("the audit log can't be read; the cause of a leave stays unknown")
            return webhooks.cause_of(entries, user_id, at)

    async def reconcile(guild):
        """Tells of everybody who joined lately: whom this process has told of already counts once."""
        since = now() - timedelta(hours=config.reconcile_hours)
        for member in guild.members:
            if member.joined_at and member.joined_at >= since:
                webhook = webhooks.joined(member)
                if webhook is not None:
                    await sender.put(webhook)

    return Client(intents=intents)


async def forward(config):
    import discord

    sender = Sender(config.url, config.secret, config.queue)
    sending = asyncio.create_task(sender.run())
    try:
        async with make_client(config, sender) as client:
            for name in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(name, stop, client)
            await client.start(config.token)
    except discord.LoginFailure:
        sys.exit("error: DISCORD_TOKEN: Discord does not know this token")
    except discord.PrivilegedIntentsRequired:
        wanted = "Server Members Intent" + (" and Message Content Intent" if config.sees_text else "")
        sys.exit(f"error: Developer Portal, your application, Bot: turn {wanted} on")
    except OSError:
        sys.exit("error: Discord does not answer; is there a way out to discord.com?")
    try:
        await asyncio.wait_for(sender.drained(), LAST_WORDS)
    except TimeoutError:
        log.error("stopped with webhooks that Hearth has not taken; they are lost")
    sending.cancel()


def stop(client):
    """Leaves the gateway; what is queued still goes out."""
    log.info("stopping")
    client.closing = asyncio.ensure_future(client.close())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="check the settings and post one test event")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        config = settings.read(os.environ)
    except settings.Mistakes as mistakes:
        sys.exit(f"error: {mistakes}")
    if arguments.check:
        sys.exit(not check(config))
    asyncio.run(forward(config))


if __name__ == "__main__":
    main()
