"""Signs webhooks and posts them, from a bounded queue in memory, until Hearth has them.

Lost are what waits in the queue when the process dies, and what finds the queue full: `offer` says so.
"""

import asyncio
import base64
import hashlib
import hmac
import http.client
import logging
import time
import urllib.error
import urllib.request

from settings import key

log = logging.getLogger("forwarder")

# One post at a time would be too slow for a lively server; the order does not matter to Hearth.
WORKERS = 4
TIMEOUT = 10
FIRST_PAUSE = 1
LONGEST_PAUSE = 60
# The body is wrong, and will be the next time.
HOPELESS = (400, 413)


def signed(webhook, secret, second):
    """Headers and body, signed for this second: a signature is good for five minutes."""
    body = webhook.body()
    message = b"%s.%d.%s" % (webhook.id.encode("ascii"), second, body)
    signature = base64.b64encode(hmac.new(key(secret), message, hashlib.sha256).digest()).decode()
    headers = {
        "content-type": "application/json",
        "user-agent": "hearth-discord-forwarder",
        "webhook-id": webhook.id,
        "webhook-timestamp": str(second),
        "webhook-signature": f"v1,{signature}",
    }
    return headers, body


def post(url, headers, body):
    """The status, or 0 if there was no answer. A redirect is an answer: it is not followed."""
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with OPENER.open(request, timeout=TIMEOUT) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, http.client.HTTPException):
        return 0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(_NoRedirect)


def verdict(status):
    """`done`, `drop` or `retry`. What may be mended on Hearth's side (an unpublished community, another
    secret) is tried again."""
    if 200 <= status < 300:
        return "done"
    return "drop" if status in HOPELESS else "retry"


def advice(status):
    return {
        0: "no answer",
        401: "the secret is another one, or this machine's clock is more than five minutes wrong",
        404: "no such community, or it is not on Discord",
    }.get(status, f"status {status}")


class Sender:
    """A bounded queue and the workers that empty it. `post` and `pause` are handed in for tests."""

    def __init__(self, url, secret, size, post=post, pause=asyncio.sleep, clock=time.time):
        self._url, self._secret = url, secret
        self._post, self._pause, self._clock = post, pause, clock
        self._queue = asyncio.Queue(maxsize=size)

    def offer(self, webhook):
        """Queues a webhook; False, and a line in the log, if there is no room."""
        try:
            self._queue.put_nowait(webhook)
        except asyncio.QueueFull:
            log.error("the queue is full: a %s is lost", webhook.type)
            return False
        return True

    async def put(self, webhook):
        """Queues a webhook as soon as there is room."""
        await self._queue.put(webhook)

    async def run(self):
        await asyncio.gather(*(self._work() for _ in range(WORKERS)))

    async def drained(self):
        """Returns when everything queued so far has an answer."""
        await self._queue.join()

    async def _work(self):
        while True:
            webhook = await self._queue.get()
            try:
                await self.send(webhook)
            except Exception as error:
                # One that can't be sent must not end the worker. Its message may quote a member.
                log.error("a %s is lost: %s", webhook.type, type(error).__name__)
            finally:
                self._queue.task_done()

    async def send(self, webhook):
        """Posts until it is taken or hopeless."""
        pause = FIRST_PAUSE
        while True:
            headers, body = signed(webhook, self._secret, int(self._clock()))
            status = await asyncio.to_thread(self._post, self._url, headers, body)
            outcome = verdict(status)
            if outcome == "done":
                return True
            if outcome == "drop":
                log.error("Hearth refuses a %s for good: status %d", webhook.type, status)
                return False
            log.warning("a %s was not taken (%s), again in %d s", webhook.type, advice(status), pause)
            await self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
