"""Signing, retrying, and what happens when there is no room."""

import asyncio
import base64
import hashlib
import hmac
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

import sender
from samples import NOW, SECRET, member
from sender import Sender, post, signed
from webhooks import Webhook, joined

SECOND = int(NOW.timestamp())


class Signing(unittest.TestCase):
    def test_a_signature_covers_id_second_and_body(self):
        headers, body = signed(joined(member()), SECRET, SECOND)
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        tag = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
        self.assertEqual(headers["webhook-signature"], f"v1,{tag}")


class Retrying(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.asked, self.pauses, self.second = [], [], SECOND
        sender.log.disabled = True
        self.addCleanup(setattr, sender.log, "disabled", False)

    def sender(self, answers, size=10):
        answers = iter(answers)

        def answer(url, headers, body):
            self.asked.append((headers, body))
            return next(answers)

        async def pause(seconds):
            self.pauses.append(seconds)
            self.second += seconds

        return Sender("http://localhost/", SECRET, size, post=answer, pause=pause, clock=lambda: self.second)

    async def test_what_may_be_mended_is_tried_until_it_is_taken(self):
        sending = self.sender([0, 500, 503, 429, 401, 404, 302, 500, 200])
        self.assertTrue(await sending.send(joined(member())))
        self.assertEqual(self.pauses, [1, 2, 4, 8, 16, 32, 60, 60])
        ids = {headers["webhook-id"] for headers, _ in self.asked}
        self.assertEqual(len(ids), 1)
        # A signature is good for five minutes: each try has its own.
        signatures = {headers["webhook-signature"] for headers, _ in self.asked}
        self.assertEqual(len(signatures), 9)

    async def test_what_is_wrong_is_tried_once(self):
        for status in (400, 413):
            self.assertFalse(await self.sender([status]).send(joined(member())))
        self.assertEqual((len(self.asked), self.pauses), (2, []))

    async def test_a_full_queue_takes_nothing_more(self):
        sending = self.sender([200, 200], size=2)
        taken = [sending.offer(joined(member(id=id))) for id in (1, 2, 3)]
        self.assertEqual(taken, [True, True, False])
        working = asyncio.create_task(sending.run())
        await sending.drained()
        working.cancel()
        ids = {headers["webhook-id"].split(":")[2] for headers, _ in self.asked}
        self.assertEqual(ids, {"1", "2"})

    async def test_one_that_cannot_be_sent_does_not_end_the_sending(self):
        sending = self.sender([200])
        # No header can carry this id.
        sending.offer(Webhook("小美", "forwarder.check", NOW, {}))
        sending.offer(joined(member()))
        working = asyncio.create_task(sending.run())
        await asyncio.wait_for(sending.drained(), 5)
        self.assertFalse(working.done())
        working.cancel()
        self.assertEqual(len(self.asked), 1)


class Posting(unittest.TestCase):
    def test_over_http(self):
        received = []

        class Hearth(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                received.append((self.headers["webhook-id"], body))
                self.send_response(int(self.path[1:]))
                self.send_header("location", "/200")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Hearth)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        headers, body = signed(Webhook("check:1", "forwarder.check", NOW, {"name": "小美"}), SECRET, SECOND)
        found = [post(f"{url}/{status}", headers, body) for status in (200, 302, 401, 503)]
        server.shutdown()
        server.server_close()
        self.assertEqual(found, [200, 302, 401, 503])
        self.assertEqual(received, [("check:1", body)] * 4)
        self.assertEqual(post(f"{url}/200", headers, body), 0, "nobody listens any more")


if __name__ == "__main__":
    unittest.main()
