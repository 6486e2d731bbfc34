"""Every mistake in the settings has a line, and no line repeats a value."""

import unittest

from settings import Mistakes, key, read

GOOD = {
    "DISCORD_TOKEN": "a-token",
    "DISCORD_GUILD": "100000000000000001",
    "HEARTH_URL": "https://hearth.example/webhooks/discord/acme",
    "HEARTH_SECRET": "whsec_Zm9yd2FyZGVyLW9mLXRoZS10ZXN0cw==",
}


def mistakes(changes):
    try:
        read(GOOD | changes)
    except Mistakes as error:
        return str(error).splitlines()
    return []


class Reading(unittest.TestCase):
    def test_the_rest_has_defaults(self):
        settings = read(GOOD)
        self.assertEqual(settings.guild, 100000000000000001)
        self.assertEqual(
            (settings.sees_text, settings.keyword_chars, settings.queue, settings.reconcile_hours),
            (False, 100, 1000, 48),
        )
        self.assertNotIn("a-token", repr(settings))
        self.assertNotIn("whsec_", repr(settings))

    def test_all_that_is_missing_is_named_at_once(self):
        with self.assertRaises(Mistakes) as raised:
            read({})
        names = [line.split(":")[0] for line in str(raised.exception).splitlines()]
        self.assertEqual(names, ["DISCORD_TOKEN", "DISCORD_GUILD", "HEARTH_URL", "HEARTH_SECRET"])

    def test_what_is_wrong_is_named_and_not_repeated(self):
        for name, value in [
            ("DISCORD_GUILD", "my server"),
            ("HEARTH_URL", "http://hearth.example/webhooks/discord/acme"),
            ("HEARTH_URL", "hearth.example"),
            ("HEARTH_SECRET", "hunter2"),
            ("HEARTH_SECRET", "whsec_"),
            ("HEARTH_SECRET", "whsec_hunter2!"),
            ("MESSAGE_CONTENT", "maybe"),
            ("KEYWORD_CHARS", "-1"),
            ("QUEUE", "0"),
            ("RECONCILE_HOURS", "soon"),
        ]:
            found = mistakes({name: value})
            self.assertEqual(len(found), 1, name)
            self.assertTrue(found[0].startswith(f"{name}: expected "), found)
            self.assertNotIn(value, found[0].replace("whsec_", ""))

    def test_what_is_right(self):
        for changes in [
            {"HEARTH_URL": "http://127.0.0.1:9000/webhooks/standard/shop"},
            {"MESSAGE_CONTENT": "yes", "KEYWORD_CHARS": "0", "RECONCILE_HOURS": "0"},
            {"HEARTH_SECRET": "whsec_Zm9yd2FyZGVyLW9mLXRoZS10ZXN0cw"},
        ]:
            self.assertEqual(mistakes(changes), [])

    def test_padding_does_not_matter(self):
        secret = GOOD["HEARTH_SECRET"]
        self.assertEqual(key(secret), b"forwarder-of-the-tests")
        self.assertEqual(key(secret.rstrip("=")), key(secret))


if __name__ == "__main__":
    unittest.main()
