"""The emulator and what stands around it: a chat server, a Slack workspace, the files of a community."""

import contextlib
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import namedtuple
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
# The emulator takes this one as the account's owner; everybody else needs a policy.
OWNER = ("test", "test")
BOOTSTRAPS = [
    "hearth-member-webhook",
    "hearth-onboarding",
    "hearth-check-in",
    "hearth-win-back",
    "hearth-kpi-rollup",
    "hearth-messenger",
]
Answer = namedtuple("Answer", "status body")
COMMUNITY = """\
id = "{id}"
platform = "slack"
name = "{name}"
zone = "{zone}"
locale = "zh-Hant"
playbook = "default"
workspace = "T123"
home_channel = "C0GENERAL"
check_in_channels = ["C0CHECKIN"]
topic_channels = ["C0TOPIC"]
ops_channel = "C0OPS"

[endpoints]
api = "{api}"

[secrets]
signing_secret = ["ssm:/hearth/{owner}/signing_secret"]
bot_token = "secretsmanager:hearth/{owner}/bot_token"
"""


def community_file(id, api, owner=None):
    """A community whose clock shows noon or so: no quiet hours, whenever this runs."""
    ahead = 12 - datetime.now(timezone.utc).hour
    # Etc/GMT-3 is three hours *ahead* of UTC.
    zone = "UTC" if ahead == 0 else f"Etc/GMT{-ahead:+d}"
    name = id.capitalize()
    return COMMUNITY.format(id=id, name=name, zone=zone, api=api, owner=owner or id)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Emulator:
    """ministack with IAM enforced, in a folder and on a port of its own."""

    def __init__(self, work):
        self.root = ROOT
        self.work = Path(work).resolve()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.bin = Path(sys.executable).parent

    def __enter__(self):
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        # A clean environment: the functions inherit all of it.
        environment = {
            "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.work),
            "AUTH": "true",
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "STATE_DIR": str(self.work / "state"),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
        }
        self.said = open(self.work / "ministack.log", "w")
        self.process = subprocess.Popen(
            [self.bin / "ministack"],
            env=environment,
            cwd=self.work,
            stdout=self.said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        for name, service in [
            ("sqs", "sqs"),
            ("ssm", "ssm"),
            ("secrets", "secretsmanager"),
            ("iam", "iam"),
            ("s3", "s3"),
            ("logs", "logs"),
            ("lambdas", "lambda"),
            ("dynamodb", "dynamodb"),
            ("cloudformation", "cloudformation"),
        ]:
            setattr(self, name, self.client(service))
        self.wait()
        return self

    def __exit__(self, *_):
        # The functions' processes are its children.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.said.close()

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise AssertionError(f"the emulator ended: {(self.work / 'ministack.log').read_text()}")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.1)
        raise AssertionError("the emulator did not start within 60 s")

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=OWNER[0],
            aws_secret_access_key=OWNER[1],
            config=Config(retries={"max_attempts": 2}, connect_timeout=5, read_timeout=60),
        )

    def environment(self, credentials=None):
        key, secret = credentials or OWNER
        return {
            "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.work),
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
        }

    def run(self, command, *arguments, fails=False, credentials=None):
        """Runs a command against the emulator; what it said. `fails` = it must not succeed."""
        ended = subprocess.run(
            [Path(command).resolve(), *map(str, arguments)],
            env=self.environment(credentials),
            cwd=self.work,
            capture_output=True,
            text=True,
            timeout=120,
        )
        said = ended.stdout + ended.stderr
        asked = " ".join(map(str, arguments))
        assert (ended.returncode != 0) == fails, f"{asked}: exit {ended.returncode}\n{said}"
        return said

    def write(self, name, text):
        path = self.work / name
        path.write_text(text)
        return path

    # ── deploy ──────────────────────────────────────────────────────────────────────────────────────

    def built(self, bootstraps):
        """What `sam build` would leave: the template, pointing to a folder with a `bootstrap` for each
        function. The binaries are those that the tests were built with."""
        template = self.work / "template.yaml"
        text = (ROOT / "infra/template.yaml").read_text()
        for name in BOOTSTRAPS:
            folder = self.work / name
            folder.mkdir(exist_ok=True)
            source = bootstraps / name
            assert source.is_file(), f"{source} is missing: cargo test --workspace --no-run builds it"
            if not (folder / "bootstrap").exists():
                subprocess.run(["strip", "-o", folder / "bootstrap", source], check=True)
            code = f"CodeUri: ../functions/{name.removeprefix('hearth-')}\n"
            assert text.count(code) == 1, f"infra/template.yaml: expected one {code.strip()}"
            text = text.replace(code, f"CodeUri: {name}\n")
        template.write_text(text)
        return template

    def sam_deploy(self, bootstraps, environment, check=True):
        command = [self.bin / "sam", "deploy", "--config-file", ROOT / "samconfig.toml"]
        command += ["--config-env", environment, "--template-file", self.built(bootstraps)]
        ended = subprocess.run(
            command, env=self.environment(), cwd=self.work, capture_output=True, text=True, timeout=300
        )
        if check and ended.returncode != 0:
            raise AssertionError(f"sam deploy --config-env {environment}\n{ended.stdout}\n{ended.stderr}")
        return ended

    def outputs(self, stack):
        described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {one["OutputKey"]: one["OutputValue"] for one in described["Outputs"]}

    def resources(self, stack, kind):
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        every = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in every if one["ResourceType"] == kind}

    def statements(self, role):
        for policy in self.iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = self.iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            yield policy, document

    def grant_what_only_the_emulator_asks_for(self, stack):
        """What ministack 1.5.33 asks for and AWS does not: `sqs:SendMessageBatch` (there it is part of
        SendMessage) and GetParameters on `*` (there it is asked for each parameter). And it is reached
        without TLS, which the report bucket refuses, rightly."""
        for role in self.resources(stack, "AWS::IAM::Role").values():
            extra = []
            for _, document in list(self.statements(role)):
                for statement in document["Statement"]:
                    if "sqs:SendMessage" in statement["Action"]:
                        extra.append(statement | {"Action": "sqs:SendMessageBatch"})
                    if "ssm:GetParameters" in statement["Action"]:
                        extra.append({"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "*"})
            if extra:
                document = {"Version": "2012-10-17", "Statement": extra}
                self.iam.put_role_policy(
                    RoleName=role, PolicyName="emulator", PolicyDocument=json.dumps(document)
                )
        for bucket in self.resources(stack, "AWS::S3::Bucket").values():
            self.s3.delete_bucket_policy(Bucket=bucket)

    @contextlib.contextmanager
    def without_table_policy(self, stack, function):
        """The function's role with nothing that says DynamoDB."""
        arn = self.lambdas.get_function_configuration(FunctionName=f"{stack}-{function}")["Role"]
        role = arn.split("/")[-1]
        kept = list(self.statements(role))

        def is_of_tables(statement):
            actions = statement["Action"]
            actions = actions if isinstance(actions, list) else [actions]
            return any(action.startswith("dynamodb:") for action in actions)

        taken = 0
        for name, document in kept:
            rest = [one for one in document["Statement"] if not is_of_tables(one)]
            taken += len(document["Statement"]) - len(rest)
            self.put_policy(role, name, rest)
        assert taken > 0, f"{role} had no table policy"
        try:
            yield
        finally:
            for name, document in kept:
                self.put_policy(role, name, document["Statement"])

    def put_policy(self, role, name, statements):
        if not statements:
            self.iam.delete_role_policy(RoleName=role, PolicyName=name)
            return
        document = {"Version": "2012-10-17", "Statement": statements}
        self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))

    # ── what it holds ───────────────────────────────────────────────────────────────────────────────

    def secret(self, community, name, value):
        """The bot's token is in the Secrets Manager, all else in Parameter Store: both are read."""
        if name != "bot_token":
            self.ssm.put_parameter(
                Name=f"/hearth/{community}/{name}", Value=value, Type="SecureString", Overwrite=True
            )
            return
        full = f"hearth/{community}/{name}"
        try:
            self.secrets.create_secret(Name=full, SecretString=value)
        except self.secrets.exceptions.ResourceExistsException:
            self.secrets.put_secret_value(SecretId=full, SecretString=value)

    def items(self, table):
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        return [item for page in pages for item in page["Items"]]

    def objects(self, bucket, prefix):
        listed = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        return [one["Key"] for one in listed.get("Contents", [])]

    def object(self, bucket, key):
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def log(self, stack, function):
        configured = self.lambdas.get_function_configuration(FunctionName=f"{stack}-{function}")
        group = configured.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{stack}-{function}"
        lines = []
        try:
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            lines = [event["message"].rstrip("\n") for page in pages for event in page["events"]]
        except self.logs.exceptions.ResourceNotFoundException:
            pass
        return "\n".join(lines)

    def tell_logs(self, stack):
        """What a person wants to see when the story broke."""
        for name in BOOTSTRAPS:
            function = name.removeprefix("hearth-")
            with contextlib.suppress(Exception):
                log = self.log(stack, function)
                print(f"── {function} ──\n{log[-3000:]}", file=sys.stderr)
        print(f"── the emulator: {self.work / 'ministack.log'}", file=sys.stderr)


class ChatServer:
    """Stands in for Slack's Web API, and keeps what it was sent."""

    def __enter__(self):
        self.posts = []
        self.tokens = set()
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                chat.tokens.add(self.headers["authorization"])
                answer = {"ok": True}
                if self.path == "/api/conversations.open":
                    answer["channel"] = {"id": f"D{body['users']}"}
                elif self.path == "/api/chat.postMessage":
                    chat.posts.append(body)
                    answer |= {"channel": body["channel"], "ts": f"{time.time():.6f}"}
                else:
                    answer = {"ok": False, "error": "unknown_method"}
                said = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def posted_in(self, channel):
        return [
            {"kind": post["metadata"]["event_payload"]["kind"], "text": post["text"]}
            for post in self.posts
            if post["channel"] == channel
        ]

    def sent_to(self, member):
        return self.posted_in(f"D{member}")


class Workspace:
    """A Slack workspace that posts events, signed with a secret."""

    def __init__(self, aws, base, community, secret):
        # The emulator answers for every API on its one port, by the host that is asked for.
        address = urllib.parse.urlsplit(base)
        self.base = aws.url + address.path.rstrip("/")
        self.host = address.hostname
        self.community = community
        self.secret = secret
        self.last = None

    def joins(self, user, community=None):
        event = {"type": "member_joined_channel", "user": user, "channel": "C0GENERAL", "channel_type": "C"}
        return self.event(event | {"team": "T123", "event_ts": self.instant()}, community)

    def leaves(self, user):
        event = {"type": "member_left_channel", "user": user, "channel": "C0GENERAL", "channel_type": "C"}
        return self.event(event | {"team": "T123", "event_ts": self.instant()})

    def says(self, user, channel, text):
        instant = self.instant()
        event = {"type": "message", "user": user, "channel": channel, "channel_type": "channel"}
        return self.event(event | {"text": text, "ts": instant, "event_ts": instant})

    def instant(self):
        return f"{time.time():.6f}"

    def event(self, event, community=None):
        body = {
            "team_id": "T123",
            "api_app_id": "A0HEARTH",
            "type": "event_callback",
            "event_id": f"Ev{time.time_ns():016X}",
            "event_time": int(time.time()),
            "event": event,
        }
        return self.post(json.dumps(body).encode(), "application/json", community)

    def post(self, body, media, community=None):
        self.last = (body, media, community)
        at = str(int(time.time()))
        signed = hmac.new(self.secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256)
        request = urllib.request.Request(
            f"{self.base}/webhooks/slack/{community or self.community}",
            data=body,
            headers={
                "content-type": media,
                "host": self.host,
                "x-slack-request-timestamp": at,
                "x-slack-signature": f"v0={signed.hexdigest()}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.read())

    def deliver_again(self):
        """The same bytes, as platforms do when they doubt that they arrived."""
        return self.post(*self.last)
