"""The real template, the real bootstraps, the local AWS emulator with IAM enforced: one story.

    python infra/tests/end_to_end.py --bootstraps target/debug --hearth target/debug/hearth

Deploys with `sam deploy --config-env local`, publishes a community with the command, and then sees a member
through: a signed webhook brings the welcome, a tick the next step, a post scores, a poison message dies and
is redriven, the week is reported and read, and a function without its table policy is refused. Nothing is skipped:
what can't be reached is an error. What the emulator does not do is in infra/tests/test_template.py.
"""

import argparse
import json
import sys
import time
import traceback
from datetime import datetime, timedelta, timezone
from pathlib import Path

from emulated import ChatServer, Emulator, Workspace, community_file

STACK = "hearth-local"
# Lambda environments start, SQS is polled, the emulator is slow: so long anything may take.
PATIENCE = 60


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--bootstraps", type=Path, required=True, help="folder with the six binaries")
    asked.add_argument("--hearth", type=Path, required=True, help="the command")
    asked.add_argument("--work", type=Path, default=Path("target/e2e"), help="where it works")
    asked = asked.parse_args()
    with Emulator(asked.work) as aws, ChatServer() as chat:
        story = Story(aws, chat, asked)
        try:
            story.tell()
        except BaseException:
            traceback.print_exc()
            aws.tell_logs(STACK)
            return 1
    return 0


class Story:
    def __init__(self, aws, chat, asked):
        self.aws = aws
        self.chat = chat
        self.asked = asked
        self.began = time.monotonic()
        # One instant for the whole story: midnight or Monday may come while it is told.
        self.today = datetime.now(timezone.utc)

    def tell(self):
        for chapter in [
            self.a_deployment_without_its_parameter_is_refused,
            self.the_template_is_deployed,
            self.what_is_not_right_is_not_published,
            self.a_community_is_published_once,
            self.what_is_unknown_or_forged_is_refused,
            self.a_signed_webhook_brings_the_welcome,
            self.a_tick_brings_the_next_step,
            self.a_check_in_scores,
            self.the_week_is_reported_to_the_bucket,
            self.operators_read_reports_from_the_bucket,
            self.a_poison_message_ends_in_the_dead_letters,
            self.after_the_fix_a_redrive_succeeds_once,
            self.a_function_without_its_policy_is_denied,
            self.the_logs_count_and_name_nobody,
        ]:
            started = time.monotonic()
            chapter()
            took, since = time.monotonic() - started, time.monotonic() - self.began
            print(f"ok {took:6.1f} s  {since:6.1f} s  {chapter.__name__.replace('_', ' ')}", flush=True)

    def eventually(self, what, look, patience=PATIENCE):
        until = time.monotonic() + patience
        while True:
            seen = look()
            if seen:
                return seen
            if time.monotonic() > until:
                raise AssertionError(f"not within {patience} s: {what}")
            time.sleep(0.2)

    # ── deploy and publish ──────────────────────────────────────────────────────────────────────────

    def a_deployment_without_its_parameter_is_refused(self):
        refused = self.aws.sam_deploy(self.asked.bootstraps, "staging", check=False)
        said = refused.stdout + refused.stderr
        assert refused.returncode != 0, said
        assert "OpsEmail" in said, f"the missing parameter is not named:\n{said}"

    def the_template_is_deployed(self):
        deployed = self.aws.sam_deploy(self.asked.bootstraps, "local")
        assert "Successfully created/updated stack" in deployed.stdout, deployed.stdout
        self.out = self.aws.outputs(STACK)
        self.aws.grant_what_only_the_emulator_asks_for(STACK)
        # Five receives are five times the visibility timeout: 15 minutes of waiting in the real queue.
        self.aws.sqs.set_queue_attributes(
            QueueUrl=self.out["WinBackQueueUrl"], Attributes={"VisibilityTimeout": "1"}
        )

    def hearth(self, *arguments, fails=False, credentials=None):
        return self.aws.run(self.asked.hearth, *arguments, "--stack", STACK, fails=fails, credentials=credentials)

    def what_is_not_right_is_not_published(self):
        playbook = self.aws.root / "infra/playbooks/default.toml"
        mine = self.aws.write("acme.toml", community_file("acme", self.chat.url))

        said = self.hearth("community", "publish", mine, "--secrets-unseen", fails=True)
        assert "playbook default, which is not on hearth-local; publish it first" in said, said

        self.hearth("playbook", "publish", playbook)
        literal = self.aws.write("literal.toml", (self.aws.root / "infra/playbooks/demo-community.toml").read_text())
        said = self.hearth("community", "publish", literal, fails=True)
        assert "holds on one machine only" in said and "ssm:/hearth/acme/signing_secret" in said, said
        assert "8f742231" not in said, "the value is repeated"

        foreign = self.aws.write("foreign.toml", community_file("acme", self.chat.url, owner="other"))
        said = self.hearth("community", "publish", foreign, fails=True)
        assert "is not a secret of acme" in said, said

        said = self.hearth("community", "publish", mine, fails=True)
        assert "does not exist" in said and "aws ssm put-parameter" in said, said
        self.aws.secret("acme", "signing_secret", "a-signing-secret\n")
        self.aws.secret("acme", "bot_token", "xoxb-end-to-end")
        said = self.hearth("community", "publish", mine, fails=True)
        assert "line break" in said, said

        broken = self.aws.write("broken.toml", playbook.read_text().replace("send_at = ", "send_up = ", 1))
        said = self.hearth("playbook", "publish", broken, fails=True)
        assert "send_up" in said and "broken.toml:" in said, said

        stranger = ("AKIASTRANGER", "unknown")
        said = self.hearth("community", "publish", mine, fails=True, credentials=stranger)
        assert "does not know these credentials" in said or "may not do that" in said, said
        said = self.aws.run(self.asked.hearth, "community", "list", "--stack", "no-such-stack", fails=True)
        assert "there is no stack no-such-stack" in said, said

        assert self.hearth("community", "list").strip() == "", "something was published by half"
        assert "default" in self.hearth("playbook", "list")
        assert "version 1" in self.hearth("playbook", "list")

    def a_community_is_published_once(self):
        self.slack = Workspace(self.aws, self.out["WebhookUrl"], "acme", "a-signing-secret-of-the-end-to-end-test")
        self.aws.secret("acme", "signing_secret", self.slack.secret)
        mine = self.aws.write("acme.toml", community_file("acme", self.chat.url))
        said = self.hearth("community", "publish", mine)
        assert "as version 1" in said and "/webhooks/slack/acme" in said, said
        again = self.hearth("community", "publish", mine)
        assert "unchanged" in again and "version 1" in again, again

    # ── the story of a member ───────────────────────────────────────────────────────────────────────

    def what_is_unknown_or_forged_is_refused(self):
        assert self.slack.joins("U0NOBODY", community="nowhere").status == 404
        forged = Workspace(self.aws, self.out["WebhookUrl"], "acme", "another-secret-than-ours")
        assert forged.joins("U0FORGER").status == 401
        assert self.slack.post(b"{", "application/json").status == 400

    def a_signed_webhook_brings_the_welcome(self):
        answer = self.slack.joins("U0ANNE")
        assert answer.status == 200, answer
        # The platform delivers again: no second welcome.
        assert self.slack.deliver_again().status == 200
        welcome = self.welcomed("U0ANNE")
        assert "<@U0ANNE>" in welcome, welcome
        assert self.chat.tokens == {"Bearer xoxb-end-to-end"}, self.chat.tokens

    def welcomed(self, member):
        """Waits for the first day's two messages, which are sent side by side; the welcome's text."""

        def look():
            texts = {message["kind"]: message["text"] for message in self.chat.sent_to(member)}
            return texts.get("onboarding.day-1") if "onboarding.day-1.guide" in texts else None

        return self.eventually(f"the welcome of {member}", look)

    def a_tick_brings_the_next_step(self):
        before = [message["kind"] for message in self.chat.sent_to("U0ANNE")]
        assert sorted(before) == ["onboarding.day-1", "onboarding.day-1.guide"], before
        # The tick itself says when it is: nobody waits for tomorrow.
        tomorrow = self.today + timedelta(days=1)
        self.invoke("onboarding", {"time": "<aws.scheduler.scheduled-time>"})
        assert [message["kind"] for message in self.chat.sent_to("U0ANNE")] == before, "nothing is due yet"
        self.invoke("onboarding", {"time": tomorrow.isoformat()})
        after = self.eventually(
            "the second day's step",
            lambda: [one for one in self.chat.sent_to("U0ANNE") if one["kind"] == "onboarding.day-2"],
        )
        assert len(after) == 1, after

    def invoke(self, function, event):
        answer = self.aws.lambdas.invoke(
            FunctionName=f"{STACK}-{function}", Qualifier="live", Payload=json.dumps(event)
        )
        said = json.loads(answer["Payload"].read() or b"null")
        assert "FunctionError" not in answer, said
        return said

    def member(self, member):
        found = [one for one in self.aws.items(self.out["MembersTable"]) if one["sk"]["S"] == member]
        assert len(found) == 1, found
        return found[0]

    def a_check_in_scores(self):
        def points():
            return int(self.member("U0ANNE").get("p", {"N": "0"})["N"])

        before = points()
        assert self.slack.says("U0ANNE", "C0CHECKIN", "今天也來了").status == 200
        self.eventually("points for the check-in", lambda: points() > before)
        once = points()
        assert self.slack.deliver_again().status == 200
        time.sleep(3)
        assert points() == once, "a delivery that came twice paid twice"

    # ── poison, redrive, report ─────────────────────────────────────────────────────────────────────

    def dead_letters(self):
        attributes = self.aws.sqs.get_queue_attributes(
            QueueUrl=self.out["WinBackDeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"])

    def a_poison_message_ends_in_the_dead_letters(self):
        """The leave of a member whose item somebody has garbled: work that can't be done."""
        assert self.slack.joins("U0BERT").status == 200
        self.welcomed("U0BERT")
        self.bert = self.member("U0BERT")
        self.aws.dynamodb.put_item(TableName=self.out["MembersTable"], Item=self.bert | {"v": {"S": "garbled"}})
        assert self.slack.leaves("U0BERT").status == 200
        self.eventually("the dead letter", lambda: self.dead_letters() == 1)
        assert "stored item" in self.aws.log(STACK, "win-back"), "the log does not say why"
        looked = self.hearth("redrive", "win-back", "--look")
        assert "an event of acme" in looked, looked
        assert "U0BERT" not in looked, "the member is named"

    def after_the_fix_a_redrive_succeeds_once(self):
        self.aws.dynamodb.put_item(TableName=self.out["MembersTable"], Item=self.bert)
        said = self.hearth("redrive", "win-back")
        assert "moved 1" in said, said
        after = self.eventually("Bert has left", lambda: self.case_of("U0BERT"))
        assert self.dead_letters() == 0
        said = self.hearth("redrive", "win-back")
        assert "no dead letters" in said, said
        time.sleep(2)
        assert self.member("U0BERT")["v"] == after["v"], "the leave was taken twice"

    def case_of(self, member):
        """The member's item, once it has a win-back case."""
        item = self.member(member)
        return item if "ca" in item else None

    def the_week_is_reported_to_the_bucket(self):
        now = self.today
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=23, minute=45, second=0)
        week = "{0}-W{1:02}".format(*now.isocalendar())
        self.invoke("kpi-rollup", {"time": monday.isoformat()})
        name = f"reports/acme/{week}/1"
        self.eventually("the report", lambda: self.aws.objects(self.out["ReportBucket"], "reports/acme/"))
        self.eventually(name, lambda: f"{name}.json" in self.aws.objects(self.out["ReportBucket"], "reports/acme/"))
        self.eventually("the index", lambda: "reports/acme/index.html" in self.aws.objects(self.out["ReportBucket"], "reports/acme/"))
        report = json.loads(self.aws.object(self.out["ReportBucket"], f"{name}.json"))
        assert report["numbers"]["new"] == 1, report["numbers"]
        page = self.aws.object(self.out["ReportBucket"], f"{name}.html").decode()
        assert "<!doctype html>" in page.lower() and "Acme" in page
        self.eventually("the operators' message", lambda: self.chat.posted_in("C0OPS"))
        # The same week once more: nothing is written over, nobody is told twice.
        self.invoke("kpi-rollup", {"time": monday.isoformat()})
        time.sleep(3)
        assert len(self.chat.posted_in("C0OPS")) == 1

    def operators_read_reports_from_the_bucket(self):
        week = "{0}-W{1:02}".format(*self.today.isocalendar())
        assert self.hearth("report", "list", "acme").split() == [week, "provisional"]
        shown = self.hearth("report", "show", "acme", "--lang", "en")
        assert week in shown and "provisional" in shown, shown
        out = self.aws.work / "acme-reports"
        self.hearth("report", "export", "acme", "--out", str(out))
        rows = (out / "weekly.csv").read_text().splitlines()
        assert len(rows) == 2 and rows[1].startswith(week), rows
        assert f'href="{week}.html"' in (out / "reports/index.html").read_text()
        said = self.hearth("report", "rebuild", "acme", "--week", week, fails=True)
        assert f"{week} is reported on the Monday after it" in said, said
        assert "all members can be read" in self.hearth("report", "unreadable", "acme")
        assert "are likely to fall silent" in self.hearth("report", "risks", "acme")
        said = self.hearth("report", "fit", "acme", fails=True)
        assert "nothing to learn from" in said, said

    # ── IAM and logs ────────────────────────────────────────────────────────────────────────────────

    def a_function_without_its_policy_is_denied(self):
        """Proves that the emulator asks for permission: without it, all the above would prove nothing."""
        event = {
            "type": "EventV1",
            "community": "acme",
            "id": "slack:T123:denied",
            "at": datetime.now(timezone.utc).isoformat(),
            "member": "U0ANNE",
            "what": {"kind": "reaction-added"},
        }
        record = {"messageId": "m-1", "body": json.dumps(event), "eventSource": "aws:sqs"}
        batch = {"Records": [record]}
        with self.aws.without_table_policy(STACK, "check-in"):
            said = self.invoke("check-in", batch)
            assert said["batchItemFailures"] == [{"itemIdentifier": "m-1"}], said
            self.eventually("AccessDenied in the log", lambda: "AccessDenied" in self.aws.log(STACK, "check-in"))
        self.eventually(
            "the same work with the policy", lambda: self.invoke("check-in", batch)["batchItemFailures"] == []
        )

    def the_logs_count_and_name_nobody(self):
        names = ["member-webhook", "onboarding", "check-in", "win-back", "kpi-rollup", "messenger"]
        logs = {name: self.aws.log(STACK, name) for name in names}
        whole = "\n".join(logs.values())
        for secret in ["U0ANNE", "U0BERT", "今天也來了", self.slack.secret, "xoxb-end-to-end"]:
            assert secret not in whole, f"{secret} is in a log"
        counted = {}
        for name, log in logs.items():
            for line in log.splitlines():
                if '"CloudWatchMetrics"' not in line:
                    continue
                counts = json.loads(line)
                declared = counts["_aws"]["CloudWatchMetrics"][0]
                assert declared["Namespace"] == f"Hearth/{STACK}", declared
                for metric in declared["Metrics"]:
                    key = (name, metric["Name"])
                    counted[key] = counted.get(key, 0) + counts[metric["Name"]]
        for key in [
            ("member-webhook", "events_accepted"),
            ("onboarding", "events_taken"),
            ("win-back", "records_permanent"),
            ("check-in", "events_taken"),
            ("messenger", "messages_sent"),
            ("kpi-rollup", "reports_made"),
            ("kpi-rollup", "reports_asked_for"),
        ]:
            assert counted.get(key, 0) > 0, f"{key} was not counted: {sorted(counted)}"
        assert ("onboarding", "due_lag_seconds") in counted, sorted(counted)


if __name__ == "__main__":
    sys.exit(main())
