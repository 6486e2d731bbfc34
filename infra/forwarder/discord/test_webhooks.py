"""The mapping: what is told, what is not, and that an act has one id."""

import unittest
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace as Object

import webhooks
from samples import GUILD, NOW, all_of_them, golden, member, message, reaction, removed_user


class Golden(unittest.TestCase):
    def test_the_file_is_what_the_forwarder_sends(self):
        written = (Path(__file__).parent / "golden.json").read_text(encoding="utf-8")
        self.assertEqual(written, golden(), "run: python3 samples.py > golden.json")

    def test_ids_fit_a_header_and_hearth(self):
        ids = [webhook.id for webhook in all_of_them()]
        # Family with skin tones: the longest that one emoji gets.
        longest = Object(id=None, name="👩🏽‍❤️‍💋‍👨🏾")
        ids.append(webhooks.reacted(with_emoji(longest), member(), None, True, NOW).id)
        for id in ids:
            self.assertTrue(id.isascii() and id.isprintable() and " " not in id, id)
            self.assertLessEqual(len(id), 196, id)


def with_emoji(emoji):
    payload = reaction()
    payload.emoji = emoji
    return payload


class Identity(unittest.TestCase):
    def test_a_stay_has_one_join_and_one_leave(self):
        later = NOW + timedelta(minutes=5)
        again = member(joined_at=NOW)
        self.assertEqual(webhooks.joined(member()), webhooks.joined(member()))
        self.assertNotEqual(webhooks.joined(member()).id, webhooks.joined(again).id)
        leave = webhooks.left(member(), GUILD.id, "unknown", NOW).id
        self.assertEqual(leave, webhooks.left(member(), GUILD.id, "removed", later).id)
        self.assertNotEqual(leave, webhooks.left(again, GUILD.id, "unknown", NOW).id)
        uncached = webhooks.left(removed_user(), GUILD.id, "unknown", NOW).id
        self.assertEqual(uncached, webhooks.left(removed_user(), GUILD.id, "unknown", later).id)

    def test_two_forwarders_tell_one_reaction(self):
        first = webhooks.reacted(reaction(), member(), None, True, NOW)
        second = webhooks.reacted(reaction(), member(), None, True, NOW + timedelta(seconds=3))
        self.assertEqual(first, second)
        for other in [
            webhooks.reacted(reaction("own"), member(), None, True, NOW),
            webhooks.reacted(reaction(), member(), None, False, NOW),
            webhooks.reacted(reaction(message_id=3), member(), None, True, NOW),
            webhooks.reacted(reaction(user_id=2), member(id=2), None, True, NOW),
        ]:
            self.assertNotEqual(first.id, other.id)

    def test_a_reaction_is_of_the_hour_and_never_from_before_the_join(self):
        hour = NOW.replace(minute=0, second=0, microsecond=0)
        for joined_at, at in [
            (hour - timedelta(minutes=1), hour),
            (hour + timedelta(minutes=1), hour + timedelta(minutes=1)),
            (None, hour),
        ]:
            webhook = webhooks.reacted(reaction(), member(joined_at=joined_at), None, True, NOW)
            self.assertEqual(webhook.at, at)

    def test_each_name_is_a_rename(self):
        names = ["A", "B"]
        ids = {webhooks.renamed(member(), member(display_name=name), NOW).id for name in names}
        self.assertEqual(len(ids), 2)


class Silence(unittest.TestCase):
    def test_bots_and_the_gateways_own_notes_are_not_told(self):
        bot = member(bot=True)
        for webhook in [
            webhooks.joined(bot),
            webhooks.joined(member(joined_at=None)),
            webhooks.left(bot, GUILD.id, "unknown", NOW),
            webhooks.renamed(bot, member(bot=True, display_name="B"), NOW),
            webhooks.renamed(member(), member(), NOW),
            webhooks.posted(message(author=bot), True, 100),
            webhooks.posted(message(webhook_id=7), True, 100),
            webhooks.posted(message(type=Object(value=7)), True, 100),
            webhooks.reacted(reaction(), bot, None, True, NOW),
            webhooks.reacted(reaction(), None, None, False, NOW),
            webhooks.reacted(reaction(guild_id=None), member(), None, True, NOW),
        ]:
            self.assertIsNone(webhook)

    def test_text_goes_along_only_where_keywords_are_looked_for(self):
        ten = message(content="x" * 10)
        for sees_text, chars, told in [
            (True, 10, {"length": 10, "keyword_text": "x" * 10}),
            (True, 9, {"length": 10}),
            (True, 0, {"length": 10}),
            (False, 100, {}),
        ]:
            data = webhooks.posted(ten, sees_text, chars).data
            found = {name: data[name] for name in ("length", "keyword_text") if name in data}
            self.assertEqual(found, told)
        empty = webhooks.posted(message(content=""), True, 100).data
        self.assertEqual((empty["length"], "keyword_text" in empty), (0, False))

    def test_a_reply_and_a_reaction_tell_whose_message_it_was(self):
        bot = member(id=7, bot=True)
        gone = Object(resolved=None)
        for reference, told in [
            (None, None),
            (gone, None),
            (Object(resolved=Object(id=5)), None),
            (Object(resolved=Object(author=member(id=6))), "6"),
            (Object(resolved=Object(author=bot)), None),
        ]:
            data = webhooks.posted(message(reference=reference), True, 100).data
            self.assertEqual(data.get("reply_to_author"), told)
        for author, told in [(None, None), (member(id=6), "6"), (bot, None)]:
            data = webhooks.reacted(reaction(), member(), author, True, NOW).data
            self.assertEqual(data.get("author"), told)

    def test_an_answer_tells_in_which_thread_it_is(self):
        # The id of which Discord's own documentation says when it was made.
        place, reply = Object(id=175928847299117063, parent_id=4), Object(value=19)
        began = {"thread": "175928847299117063", "thread_started": "2016-04-30T11:18:25.796000Z"}
        answered = Object(message_id=175928847299117063, resolved=Object(author=member(id=6)))
        gone = Object(message_id=175928847299117063, resolved=None)
        for changes, told in [
            ({}, {}),
            ({"channel": place}, began),
            ({"channel": place, "type": reply, "reference": answered}, began),
            # The first message of a thread answers nobody.
            ({"channel": place, "id": place.id}, {}),
            ({"type": reply, "reference": answered}, began | {"thread_author": "6"}),
            ({"type": reply, "reference": gone}, began),
            # What was forwarded has a reference too.
            ({"reference": answered}, {}),
        ]:
            data = webhooks.posted(message(**changes), True, 100).data
            found = {name: data[name] for name in data if name.startswith("thread")}
            self.assertEqual(found, told)

    def test_one_to_one_is_read_without_the_intent(self):
        data = webhooks.posted(message(guild=None, content="stop"), False, 100).data
        self.assertEqual((data["direct"], data["keyword_text"]), (True, "stop"))


class Cause(unittest.TestCase):
    def test_only_a_fresh_entry_about_the_same_user_is_a_removal(self):
        def entry(id, seconds):
            return Object(target=Object(id=id), created_at=NOW - timedelta(seconds=seconds))

        for entries, cause in [
            ([], "unknown"),
            ([entry(1, 2)], "removed"),
            ([entry(1, -2)], "removed"),
            ([entry(2, 2)], "unknown"),
            ([entry(1, 31)], "unknown"),
            ([Object(target=None, created_at=NOW), entry(2, 1), entry(1, 1)], "removed"),
        ]:
            self.assertEqual(webhooks.cause_of(entries, 1, NOW), cause)


if __name__ == "__main__":
    unittest.main()
