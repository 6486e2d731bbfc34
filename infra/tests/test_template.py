"""What the template promises. The emulator drops or does not enforce most of it, so it is asserted here, on
the template as SAM transforms it:

    python -m unittest discover -s infra/tests -p 'test_*.py'
"""

import json
import re
import tomllib
import unittest

from transformed import ROOT, TEMPLATE, source, stack

FUNCTIONS = {
    "member-webhook": "MemberWebhook",
    "onboarding": "Onboarding",
    "check-in": "CheckIn",
    "win-back": "WinBack",
    "kpi-rollup": "KpiRollup",
    "messenger": "Messenger",
}
QUEUES = {
    "onboarding": "Onboarding",
    "check-in": "CheckIn",
    "win-back": "WinBack",
    "kpi-rollup": "KpiRollup",
    "send-now": "SendNow",
    "send-bulk": "SendBulk",
}
READ_BY = {queue: "messenger" if queue.startswith("send-") else queue for queue in QUEUES}
TICKED_EVERY_MINUTE = ["onboarding", "win-back", "messenger"]
HOLD_DATA = ["MembersTable", "JournalTable", "ReportBucket", "PseudonymKey"]
OWN = "Hearth/<AWS::StackName>"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1"
ARN = "arn:<AWS::Partition>:{}:<AWS::Region>:<AWS::AccountId>:{}"


def function(name):
    return stack().properties(FUNCTIONS[name] + "Function")


def variables(name):
    return function(name)["Environment"]["Variables"]


def alias(name):
    return f"<{FUNCTIONS[name]}FunctionAliaslive>"


def queue_variable(queue):
    return f"HEARTH_{queue.upper().replace('-', '_')}_QUEUE_URL"


def sends_to(name):
    """The queues whose URLs a function has."""
    return {queue for queue in QUEUES if queue_variable(queue) in variables(name)}


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(role, of=None):
    """A role's statements, each with lists of actions and resources."""
    return [
        statement | {"Action": as_list(statement["Action"]), "Resource": as_list(statement["Resource"])}
        for policy in (of or stack()).properties(role)["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def may(name, action, of=None):
    """The resources on which a function's role is allowed an action."""
    return {
        resource
        for statement in statements(FUNCTIONS[name] + "Role", of)
        if statement["Effect"] == "Allow" and action in statement["Action"]
        for resource in statement["Resource"]
    }


def mapping_of(queue):
    (mapping,) = [
        mapping
        for mapping in stack().of_type("AWS::Lambda::EventSourceMapping").values()
        if mapping["EventSourceArn"] == f"<{QUEUES[queue]}Queue.Arn>"
    ]
    return mapping


def alarms(**wanted):
    """The alarms with these properties, by the value of their one dimension."""
    return {
        alarm["Dimensions"][0]["Value"]: alarm
        for alarm in stack().of_type("AWS::CloudWatch::Alarm").values()
        if all(alarm[name] == value for name, value in wanted.items())
    }


def rust(*folders):
    """All our Rust under these folders, without its tests: a name that only they know is no name."""
    files = [
        file
        for folder in folders
        for file in (ROOT / folder).rglob("*.rs")
        if not {"tests", "tests.rs"} & set(file.relative_to(ROOT / folder).parts)
    ]
    assert files, folders
    return "\n".join(file.read_text().partition("#[cfg(test)]\nmod tests")[0] for file in files)


def widgets():
    return json.loads(stack().properties("Dashboard")["DashboardBody"])["widgets"]


def widget_metrics():
    """Every line of the dashboard: namespace, metric, and dimensions as a dict."""
    for widget in widgets():
        for line in widget["properties"].get("metrics", []):
            namespace, metric, *rest = [part for part in line if isinstance(part, str)]
            yield namespace, metric, dict(zip(rest[::2], rest[1::2], strict=True))


class Tables(unittest.TestCase):
    TABLES = ["MembersTable", "JournalTable"]

    def test_counted_events_expire_and_members_never_do(self):
        self.assertEqual(
            stack().properties("JournalTable")["TimeToLiveSpecification"],
            {"AttributeName": "drop_at", "Enabled": True},
        )
        self.assertNotIn("TimeToLiveSpecification", stack().properties("MembersTable"))
        self.assertTrue("SET drop_at = :drop_at" in rust("shared/aws/src/store"))

    def test_tables_are_encrypted(self):
        for table in self.TABLES:
            self.assertEqual(stack().properties(table)["SSESpecification"], {"SSEEnabled": True})

    def test_tables_are_backed_up_and_protected_unless_a_parameter_says_otherwise(self):
        for given, expected in [({}, True), ({"PointInTimeRecovery": "false", "DeletionProtection": "false"}, False)]:
            for table in self.TABLES:
                properties = stack(**given).properties(table)
                backup = properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
                self.assertIs(backup, expected)
                self.assertIs(properties["DeletionProtectionEnabled"], expected)

    def test_tables_have_the_shape_that_the_code_has(self):
        schema = rust("shared/aws/src/store")
        for table in self.TABLES:
            properties = stack().properties(table)
            self.assertEqual(properties["BillingMode"], "PAY_PER_REQUEST")
            self.assertNotIn("TableName", properties)
            types = {one["AttributeName"]: one["AttributeType"] for one in properties["AttributeDefinitions"]}
            self.assertEqual(types, {"pk": "S", "sk": "S", "due_pk": "S", "due_sk": "S"})
            self.assertEqual(self.keys(properties), ["pk", "sk"])
            (index,) = properties["GlobalSecondaryIndexes"]
            self.assertTrue(f'pub const DUE_INDEX: &str = "{index["IndexName"]}";' in schema)
            self.assertEqual(self.keys(index), ["due_pk", "due_sk"])
            self.assertEqual(index["Projection"], {"ProjectionType": "KEYS_ONLY"})

    @staticmethod
    def keys(properties):
        kinds = {one["KeyType"]: one["AttributeName"] for one in properties["KeySchema"]}
        return [kinds["HASH"], kinds["RANGE"]]

    def test_what_holds_data_outlives_the_stack(self):
        for name in HOLD_DATA:
            resource = stack().resources[name]
            self.assertIn(resource.get("DeletionPolicy"), ("Retain", "RetainExceptOnCreate"), name)
            self.assertEqual(resource.get("UpdateReplacePolicy"), "Retain", name)


class Bucket(unittest.TestCase):
    def test_reports_are_private_and_encrypted(self):
        bucket = stack().properties("ReportBucket")
        self.assertEqual(
            bucket["PublicAccessBlockConfiguration"],
            dict.fromkeys(["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True),
        )
        self.assertEqual(bucket["OwnershipControls"]["Rules"], [{"ObjectOwnership": "BucketOwnerEnforced"}])
        self.assertTrue(bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"])

    def test_what_is_written_over_is_kept_for_a_while_and_not_for_ever(self):
        bucket = stack().properties("ReportBucket")
        self.assertEqual(bucket["VersioningConfiguration"], {"Status": "Enabled"})
        rules = {key: rule for rule in bucket["LifecycleConfiguration"]["Rules"] for key in rule}
        self.assertTrue(all(rule["Status"] == "Enabled" for rule in rules.values()))
        self.assertEqual(rules["NoncurrentVersionExpiration"]["NoncurrentVersionExpiration"], {"NoncurrentDays": 90})
        self.assertIn("AbortIncompleteMultipartUpload", rules)
        self.assertNotIn("ExpirationInDays", rules, "reports themselves are kept")

    def test_reports_do_not_travel_without_tls(self):
        policy = stack().properties("ReportBucketPolicy")
        (statement,) = policy["PolicyDocument"]["Statement"]
        self.assertEqual(policy["Bucket"], "<ReportBucket>")
        self.assertEqual((statement["Effect"], statement["Principal"], statement["Action"]), ("Deny", "*", "s3:*"))
        self.assertEqual(set(statement["Resource"]), {"<ReportBucket.Arn>", "<ReportBucket.Arn>/*"})
        self.assertEqual(statement["Condition"], {"Bool": {"aws:SecureTransport": "false"}})


class PseudonymKey(unittest.TestCase):
    def test_the_key_is_drawn_once_and_never_rotated(self):
        key = stack().properties("PseudonymKey")
        self.assertEqual(key["GenerateSecretString"], {"PasswordLength": 64, "ExcludePunctuation": True})
        self.assertNotIn("SecretString", key)
        self.assertFalse(stack().of_type("AWS::SecretsManager::RotationSchedule"))

    def test_no_community_can_have_its_place_and_no_parameter_gives_it_another(self):
        everything = {name: one.get("AllowedValues", ["other"])[-1] for name, one in source()["Parameters"].items()}
        for of in (stack(), stack(**everything | {"SecretPrefix": "other"})):
            self.assertEqual(of.properties("PseudonymKey"), stack().properties("PseudonymKey"))
            self.assertEqual(of.properties("PseudonymKey")["Name"], "@hearth/<AWS::StackName>/pseudonym-key")


class Functions(unittest.TestCase):
    def test_every_folder_is_a_function_and_every_function_a_folder(self):
        folders = {path.parent.name for path in (ROOT / "functions").glob("*/Cargo.toml")}
        self.assertEqual(folders, set(FUNCTIONS))
        deployed = stack().of_type("AWS::Lambda::Function")
        self.assertEqual(set(deployed), {f"{prefix}Function" for prefix in FUNCTIONS.values()})

    def test_each_is_built_from_its_folder(self):
        for name, prefix in FUNCTIONS.items():
            written = source()["Resources"][prefix + "Function"]
            package = tomllib.loads((ROOT / "functions" / name / "Cargo.toml").read_text())["package"]["name"]
            self.assertEqual(written["Metadata"]["BuildMethod"], "rust-cargolambda")
            self.assertEqual(written["Metadata"]["BuildProperties"], {"Binary": package})
            self.assertEqual(written["Properties"]["CodeUri"], f"../functions/{name}")
            self.assertEqual(function(name)["FunctionName"], f"<AWS::StackName>-{name}")

    def test_they_run_on_the_architecture_that_was_asked_for(self):
        for architecture in ("x86_64", "arm64"):
            for properties in stack(Architecture=architecture).of_type("AWS::Lambda::Function").values():
                self.assertEqual(properties["Architectures"], [architecture])
                self.assertEqual((properties["Runtime"], properties["Handler"]), ("provided.al2023", "bootstrap"))

    def test_each_has_the_time_and_memory_it_needs(self):
        expected = {
            "member-webhook": (10, 256),
            "onboarding": (30, 256),
            "check-in": (30, 256),
            "win-back": (30, 256),
            "kpi-rollup": (300, 512),
            "messenger": (60, 256),
        }
        actual = {name: (function(name)["Timeout"], function(name)["MemorySize"]) for name in FUNCTIONS}
        self.assertEqual(actual, expected)

    def test_each_has_the_urls_of_the_queues_that_its_main_asks_for(self):
        variable = dict(re.findall(r'Self::(\w+) => "(HEARTH_\w+_QUEUE_URL)"', rust("shared/aws/src")))
        self.assertEqual(set(variable), set(QUEUES.values()))
        for name in FUNCTIONS:
            main = (ROOT / "functions" / name / "src/main.rs").read_text()
            asked = {variable[queue] for queue in re.findall(r"QueueName::(\w+)", main)}
            self.assertTrue(asked, name)
            self.assertEqual({one for one in variables(name) if one.endswith("_QUEUE_URL")}, asked, name)
        for name in FUNCTIONS:
            for queue in sends_to(name):
                self.assertEqual(variables(name)[queue_variable(queue)], f"<{QUEUES[queue]}Queue>")

    def test_each_has_the_rest_that_it_reads_and_nothing_more(self):
        everybody = {
            "HEARTH_LOG": "info",
            "HEARTH_METRICS": OWN,
            "HEARTH_MEMBERS_TABLE": "<MembersTable>",
            "HEARTH_JOURNAL_TABLE": "<JournalTable>",
        }
        key = {"HEARTH_PSEUDONYM_KEY": "secretsmanager:<PseudonymKey.Id>"}
        prefix = {"HEARTH_SECRET_PREFIX": "hearth"}
        expected = {
            "member-webhook": everybody | prefix,
            "onboarding": everybody | key,
            "check-in": everybody | key,
            "win-back": everybody | key,
            "kpi-rollup": everybody | {"HEARTH_REPORT_BUCKET": "<ReportBucket>"},
            "messenger": everybody | key | prefix,
        }
        for name in FUNCTIONS:
            rest = {one: value for one, value in variables(name).items() if not one.endswith("_QUEUE_URL")}
            self.assertEqual(rest, expected[name], name)

    def test_the_code_reads_every_variable_by_that_name(self):
        code = rust("functions", "shared/aws/src")
        for name in FUNCTIONS:
            for variable in variables(name):
                self.assertTrue(f'"{variable}"' in code, variable)

    def test_everything_calls_the_alias(self):
        called = [mapping["FunctionName"] for mapping in stack().of_type("AWS::Lambda::EventSourceMapping").values()]
        called += [schedule["Target"]["Arn"] for schedule in stack().of_type("AWS::Scheduler::Schedule").values()]
        called += [one["IntegrationUri"] for one in stack().of_type("AWS::ApiGatewayV2::Integration").values()]
        called += [one["FunctionName"] for one in stack().of_type("AWS::Lambda::Permission").values()]
        self.assertEqual(set(called), {alias(name) for name in FUNCTIONS})

    def test_another_timeout_makes_a_version_and_not_only_new_code(self):
        self.assertIs(source()["Globals"]["Function"]["AutoPublishAliasAllProperties"], True)

    def test_what_was_invoked_without_waiting_is_not_tried_again(self):
        configs = stack().of_type("AWS::Lambda::EventInvokeConfig").values()
        of = {config["FunctionName"] for config in configs if config["Qualifier"] == "live"}
        self.assertEqual(of, {f"<{prefix}Function>" for prefix in FUNCTIONS.values()})
        for config in configs:
            self.assertEqual(config["MaximumRetryAttempts"], 0)
            self.assertEqual(config["MaximumEventAgeInSeconds"], 60)


class Logs(unittest.TestCase):
    def test_each_function_has_a_log_of_its_own_that_ends_some_day(self):
        for name, prefix in FUNCTIONS.items():
            self.assertEqual(function(name)["LoggingConfig"], {"LogGroup": f"<{prefix}Logs>"})
            group = stack(LogRetentionDays=7).properties(prefix + "Logs")
            self.assertEqual(group["LogGroupName"], f"/aws/lambda/<AWS::StackName>-{name}")
            self.assertEqual(group["RetentionInDays"], 7)

    def test_no_log_is_kept_for_ever(self):
        groups = stack().of_type("AWS::Logs::LogGroup")
        self.assertEqual(len(groups), len(FUNCTIONS) + 1, "the functions' and the API's")
        for group in groups.values():
            self.assertEqual(group["RetentionInDays"], 30)


class Permissions(unittest.TestCase):
    def test_each_function_has_a_role_and_each_role_a_function(self):
        for canary in ("false", "true"):
            of = stack(Canary=canary)
            roles = [one["Role"] for one in of.of_type("AWS::Lambda::Function").values()]
            self.assertEqual(sorted(roles), sorted(f"<{prefix}Role.Arn>" for prefix in FUNCTIONS.values()))
            others = {one["Target"]["RoleArn"] for one in of.of_type("AWS::Scheduler::Schedule").values()}
            others |= {one["ServiceRoleArn"] for one in of.of_type("AWS::CodeDeploy::DeploymentGroup").values()}
            there = {f"<{role}.Arn>" for role in of.of_type("AWS::IAM::Role")}
            self.assertEqual(there, set(roles) | others)
            self.assertFalse(set(roles) & others)

    def test_every_permission_is_written_in_the_role_itself(self):
        of = stack(Canary="true")
        for name, role in of.of_type("AWS::IAM::Role").items():
            self.assertNotIn("ManagedPolicyArns", role, name)
            self.assertTrue(role["Policies"], name)
        kinds = {resource["Type"] for resource in of.resources.values() if resource["Type"].startswith("AWS::IAM::")}
        self.assertEqual(kinds, {"AWS::IAM::Role"})

    def test_only_the_service_that_uses_a_role_can_take_it(self):
        of = stack(Canary="true")
        services = dict.fromkeys((f"{prefix}Role" for prefix in FUNCTIONS.values()), "lambda.amazonaws.com")
        services |= {"TickRole": "scheduler.amazonaws.com", "CanaryRole": "codedeploy.amazonaws.com"}
        for name, role in of.of_type("AWS::IAM::Role").items():
            (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
            self.assertEqual(statement["Principal"], {"Service": services[name]})
            self.assertEqual(statement["Action"], "sts:AssumeRole")
            if name == "TickRole":
                ours = {"StringEquals": {"aws:SourceAccount": "<AWS::AccountId>"}}
                self.assertEqual(statement["Condition"], ours)

    def test_nothing_is_allowed_with_a_star(self):
        of = stack(Canary="true", SecretsKeyArn=KEY_ARN)
        allowed = [
            (name, statement)
            for name in of.of_type("AWS::IAM::Role")
            for statement in statements(name, of)
            if statement["Effect"] == "Allow"
        ]
        self.assertGreater(len(allowed), 30)
        for name, statement in allowed:
            self.assertFalse({"NotAction", "NotResource"} & statement.keys(), name)
            for action in statement["Action"]:
                self.assertRegex(action, r"^[a-z0-9]+:[A-Za-z]+$", name)
            for resource in statement["Resource"]:
                self.assertTrue(self.names_something(resource), f"{name}: {resource}")

    @staticmethod
    def names_something(resource):
        """Whether it is a resource of ours, or an ARN that says more than a kind before its star."""
        if re.fullmatch(r"<\w+(\.Arn|\.Id|Aliaslive)>(/[\w/]+\*?)?", resource):
            return True
        arn = re.sub(r"<AWS::(\w+)>", r"\1", resource).split(":", 5)
        # CloudWatch asks for any list of alarms as `alarm:*`.
        said = re.fullmatch(r"[a-z]+[:/][\w@/-]+\*?|alarm:\*", arn[-1])
        return bool(said) and len(arn) == 6 and "*" not in "".join(arn[:5]) and all(arn)

    def test_each_sends_to_the_queues_whose_urls_it_has_and_to_no_other(self):
        for name in FUNCTIONS:
            allowed = may(name, "sqs:SendMessage")
            self.assertEqual(allowed, {f"<{QUEUES[queue]}Queue.Arn>" for queue in sends_to(name)}, name)

    def test_each_reads_its_own_queues_and_no_other(self):
        for name in FUNCTIONS:
            own = {f"<{QUEUES[queue]}Queue.Arn>" for queue, reader in READ_BY.items() if reader == name}
            for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
                self.assertEqual(may(name, action), own, name)

    def test_each_writes_its_own_log_and_no_other(self):
        for name, prefix in FUNCTIONS.items():
            for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
                self.assertEqual(may(name, action), {f"<{prefix}Logs.Arn>"})

    def test_each_does_with_the_tables_what_its_code_does_and_no_more(self):
        takes_events = {"<MembersTable.Arn>": "BatchGetItem PutItem"}
        journal = {"<JournalTable.Arn>": "BatchGetItem GetItem PutItem UpdateItem"}
        moves_members = {
            "<MembersTable.Arn>": "BatchGetItem GetItem PutItem",
            "<MembersTable.Arn>/index/due": "Query",
        }
        expected = {
            "member-webhook": {"<JournalTable.Arn>": "GetItem"},
            "onboarding": moves_members | journal,
            "check-in": takes_events | journal,
            "win-back": moves_members | journal,
            "kpi-rollup": {
                "<MembersTable.Arn>": "BatchGetItem Query",
                "<JournalTable.Arn>": "DeleteItem GetItem PutItem Query UpdateItem",
            },
            "messenger": {
                "<MembersTable.Arn>": "BatchGetItem PutItem",
                "<JournalTable.Arn>": "BatchGetItem GetItem PutItem Query",
                "<JournalTable.Arn>/index/due": "Query",
            },
        }
        for name, prefix in FUNCTIONS.items():
            actual = {}
            for statement in statements(prefix + "Role"):
                actions = {one.removeprefix("dynamodb:") for one in statement["Action"] if one.startswith("dynamodb:")}
                for resource in statement["Resource"]:
                    if actions:
                        actual.setdefault(resource, set()).update(actions)
            self.assertEqual({one: " ".join(sorted(actions)) for one, actions in actual.items()}, expected[name], name)

    def test_the_webhook_reads_what_is_published_and_no_member(self):
        (statement,) = [one for one in statements("MemberWebhookRole") if "dynamodb:GetItem" in one["Action"]]
        self.assertEqual(
            statement["Condition"],
            {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["@registry", "@registry#*"]}},
        )
        keys = (ROOT / "shared/aws/src/store/keys.rs").read_text()
        self.assertIn('pub const REGISTRY: &str = "@registry";', keys)
        self.assertIn('format!("@registry#{kind}#{id}")', keys)

    def test_four_may_read_the_pseudonyms_key_and_no_prefix_leads_to_it(self):
        readers = {name for name in FUNCTIONS if "<PseudonymKey.Id>" in may(name, "secretsmanager:GetSecretValue")}
        self.assertEqual(readers, {"onboarding", "check-in", "win-back", "messenger"})
        self.assertEqual(readers, {name for name in FUNCTIONS if "HEARTH_PSEUDONYM_KEY" in variables(name)})
        allowed = source()["Parameters"]["SecretPrefix"]["AllowedPattern"]
        self.assertRegex("hearth", allowed)
        self.assertNotRegex("@hearth", allowed)

    def test_two_may_read_the_communities_secrets_and_only_under_the_prefix(self):
        of = stack(SecretPrefix="club")
        for name in FUNCTIONS:
            reads = name in ("member-webhook", "messenger")
            self.assertEqual("HEARTH_SECRET_PREFIX" in variables(name), reads)
            for action in ("ssm:GetParameter", "ssm:GetParameters"):
                self.assertEqual(may(name, action, of), {ARN.format("ssm", "parameter/club/*")} if reads else set())
            secrets = may(name, "secretsmanager:GetSecretValue", of) - {"<PseudonymKey.Id>"}
            self.assertEqual(secrets, {ARN.format("secretsmanager", "secret:club/*")} if reads else set())

    def test_a_key_is_used_only_where_there_is_one_and_only_for_secrets(self):
        with_key = stack(SecretsKeyArn=KEY_ARN)
        for name, prefix in FUNCTIONS.items():
            self.assertEqual(may(name, "kms:Decrypt"), set())
            reads = name in ("member-webhook", "messenger")
            self.assertEqual(may(name, "kms:Decrypt", with_key), {KEY_ARN} if reads else set())
            for statement in statements(prefix + "Role", with_key):
                if "kms:Decrypt" in statement["Action"]:
                    via = [f"{service}.<AWS::Region>.<AWS::URLSuffix>" for service in ("ssm", "secretsmanager")]
                    self.assertEqual(statement["Condition"], {"StringEquals": {"kms:ViaService": via}})

    def test_only_the_rollup_touches_reports_and_a_missing_one_is_not_forbidden(self):
        for name in FUNCTIONS:
            rollup = name == "kpi-rollup"
            for action in ("s3:GetObject", "s3:PutObject"):
                self.assertEqual(may(name, action), {"<ReportBucket.Arn>/reports/*"} if rollup else set())
            self.assertEqual(may(name, "s3:ListBucket"), {"<ReportBucket.Arn>"} if rollup else set())
        (lists,) = [one for one in statements("KpiRollupRole") if "s3:ListBucket" in one["Action"]]
        self.assertEqual(lists["Condition"], {"StringLikeIfExists": {"s3:prefix": "reports/*"}})

    def test_the_clock_may_call_what_it_ticks(self):
        (statement,) = statements("TickRole")
        self.assertEqual(statement["Action"], ["lambda:InvokeFunction"])
        targets = {one["Target"]["Arn"] for one in stack().of_type("AWS::Scheduler::Schedule").values()}
        self.assertEqual(set(statement["Resource"]), targets)

    def test_it_deploys_to_every_partition(self):
        self.assertNotRegex(TEMPLATE.read_text(), r"arn:aws\b")


class Queues(unittest.TestCase):
    def test_they_are_the_queues_that_the_code_knows(self):
        names = re.search(r"fn name\(self\).*?\n    }", (ROOT / "shared/aws/src/queue.rs").read_text(), re.S)[0]
        self.assertEqual(set(re.findall(r'=> "([\w-]+)"', names)), set(QUEUES))
        deployed = set(stack().of_type("AWS::SQS::Queue"))
        self.assertEqual(deployed, {f"{one}{kind}" for one in QUEUES.values() for kind in ("Queue", "DeadLetters")})

    def test_what_fails_five_times_is_a_dead_letter_of_its_own_queue(self):
        for name, prefix in QUEUES.items():
            queue = stack().properties(prefix + "Queue")
            self.assertEqual(queue["QueueName"], f"<AWS::StackName>-{name}")
            self.assertEqual(
                queue["RedrivePolicy"], {"deadLetterTargetArn": f"<{prefix}DeadLetters.Arn>", "maxReceiveCount": 5}
            )
            allowed = stack().properties(prefix + "DeadLetters")["RedriveAllowPolicy"]
            self.assertEqual(allowed["redrivePermission"], "byQueue")
            self.assertEqual(allowed["sourceQueueArns"], [ARN.format("sqs", f"<AWS::StackName>-{name}")])

    def test_dead_letters_outlive_the_days_they_have_waited(self):
        for prefix in QUEUES.values():
            waits = stack().properties(prefix + "Queue")["MessageRetentionPeriod"]
            dead = stack().properties(prefix + "DeadLetters")["MessageRetentionPeriod"]
            self.assertEqual((waits, dead), (4 * 86_400, 14 * 86_400))

    def test_queues_are_encrypted(self):
        for name, queue in stack().of_type("AWS::SQS::Queue").items():
            self.assertIs(queue["SqsManagedSseEnabled"], True, name)

    def test_a_batch_is_given_to_somebody_else_only_when_its_reader_is_certainly_dead(self):
        for name, reader in READ_BY.items():
            window = mapping_of(name).get("MaximumBatchingWindowInSeconds", 0)
            visibility = stack().properties(QUEUES[name] + "Queue")["VisibilityTimeout"]
            self.assertGreaterEqual(visibility, 6 * function(reader)["Timeout"] + window, name)

    def test_one_bad_record_does_not_bring_back_its_batch(self):
        for name in QUEUES:
            self.assertEqual(mapping_of(name)["FunctionResponseTypes"], ["ReportBatchItemFailures"], name)

    def test_each_is_read_by_its_function_in_batches_and_with_a_limit(self):
        expected = {
            # reader, batch, window, environments at once
            "onboarding": ("onboarding", 10, 0, 10),
            "check-in": ("check-in", 100, 2, 10),
            "win-back": ("win-back", 10, 0, 5),
            "kpi-rollup": ("kpi-rollup", 1, 0, 2),
            "send-now": ("messenger", 10, 0, 12),
            "send-bulk": ("messenger", 10, 0, 2),
        }
        for name, (reader, batch, window, concurrency) in expected.items():
            mapping = mapping_of(name)
            self.assertEqual(mapping["FunctionName"], alias(reader))
            self.assertEqual(mapping["BatchSize"], batch)
            self.assertEqual(mapping.get("MaximumBatchingWindowInSeconds", 0), window)
            self.assertEqual(mapping["ScalingConfig"], {"MaximumConcurrency": concurrency})
        self.assertEqual(len(stack().of_type("AWS::Lambda::EventSourceMapping")), len(expected))


class Clock(unittest.TestCase):
    def test_what_falls_due_is_looked_for_every_minute_and_reports_every_quarter_of_an_hour(self):
        ticks = stack().of_type("AWS::Scheduler::Schedule").values()
        expected = {alias(name): "rate(1 minute)" for name in TICKED_EVERY_MINUTE}
        expected[alias("kpi-rollup")] = "cron(0/15 * * * ? *)"
        self.assertEqual({tick["Target"]["Arn"]: tick["ScheduleExpression"] for tick in ticks}, expected)

    def test_a_tick_says_when_it_was_meant_to_be(self):
        for tick in stack().of_type("AWS::Scheduler::Schedule").values():
            self.assertEqual(json.loads(tick["Target"]["Input"]), {"time": "<aws.scheduler.scheduled-time>"})

    def test_a_tick_is_on_time_and_soon_given_up(self):
        for tick in stack().of_type("AWS::Scheduler::Schedule").values():
            self.assertEqual(tick["FlexibleTimeWindow"], {"Mode": "OFF"})
            retry = tick["Target"]["RetryPolicy"]
            self.assertLessEqual(retry["MaximumRetryAttempts"], 2)
            self.assertEqual(retry["MaximumEventAgeInSeconds"], 60)
            self.assertNotEqual(tick.get("State"), "DISABLED")

    def test_two_stacks_do_not_quarrel_about_a_schedules_name(self):
        for tick in stack().of_type("AWS::Scheduler::Schedule").values():
            self.assertNotIn("Name", tick)


class WebhookApi(unittest.TestCase):
    def test_webhooks_have_two_routes_and_there_is_no_other(self):
        routes = stack().of_type("AWS::ApiGatewayV2::Route").values()
        path = "/webhooks/{platform}/{community}"
        self.assertEqual({one["RouteKey"] for one in routes}, {f"POST {path}", f"GET {path}"})
        for route in routes:
            self.assertEqual(route["Target"], "integrations/<WebhookIntegration>")

    def test_the_webhook_is_called_with_the_whole_request_and_has_time_to_end(self):
        integration = stack().properties("WebhookIntegration")
        self.assertEqual(integration["IntegrationType"], "AWS_PROXY")
        self.assertEqual(integration["IntegrationUri"], alias("member-webhook"))
        self.assertEqual(integration["PayloadFormatVersion"], "2.0")
        self.assertGreater(integration["TimeoutInMillis"], function("member-webhook")["Timeout"] * 1000)

    def test_only_this_api_may_call_it(self):
        (permission,) = stack().of_type("AWS::Lambda::Permission").values()
        self.assertEqual(permission["Principal"], "apigateway.amazonaws.com")
        self.assertEqual(permission["SourceArn"], ARN.format("execute-api", "<Api>/*/*/webhooks/*"))

    def test_what_is_too_much_is_held_off(self):
        for given, rate, burst in [({}, 200, 400), ({"WebhookRate": 5, "WebhookBurst": 9}, 5, 9)]:
            settings = stack(**given).properties("ApiStage")["DefaultRouteSettings"]
            self.assertEqual(settings, {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst})

    def test_it_is_deployed_by_itself_without_a_stage_in_the_path(self):
        stage = stack().properties("ApiStage")
        self.assertEqual((stage["StageName"], stage["AutoDeploy"], stage["ApiId"]), ("$default", True, "<Api>"))

    def test_the_access_log_tells_what_happened_and_not_who_asked(self):
        log = stack().properties("ApiStage")["AccessLogSettings"]
        self.assertEqual(log["DestinationArn"], "<ApiLogs.Arn>")
        self.assertEqual(
            json.loads(log["Format"]),
            {
                "requestId": "$context.requestId",
                "time": "$context.requestTime",
                "routeKey": "$context.routeKey",
                "path": "$context.path",
                "status": "$context.status",
                "latency": "$context.responseLatency",
                "integrationError": "$context.integrationErrorMessage",
            },
        )


class Alarms(unittest.TestCase):
    def test_every_alarm_is_told_and_taken_back(self):
        for name, alarm in stack().of_type("AWS::CloudWatch::Alarm").items():
            self.assertEqual(alarm["AlarmActions"], ["<AlarmTopic>"], name)
            self.assertEqual(alarm["OKActions"], ["<AlarmTopic>"], name)
            self.assertIsNot(alarm.get("ActionsEnabled"), False)

    def test_alarms_are_mailed_to_somebody(self):
        of = stack(OpsEmail="night@example.com")
        subscription = of.properties("AlarmTopic")["Subscription"]
        self.assertEqual(subscription, [{"Protocol": "email", "Endpoint": "night@example.com"}])
        (statement,) = of.properties("AlarmTopicPolicy")["PolicyDocument"]["Statement"]
        self.assertEqual(statement["Principal"], {"Service": "cloudwatch.amazonaws.com"})
        self.assertEqual((statement["Action"], statement["Resource"]), ("sns:Publish", "<AlarmTopic>"))
        self.assertEqual(statement["Condition"], {"StringEquals": {"aws:SourceAccount": "<AWS::AccountId>"}})

    def test_nobody_deploys_without_saying_who_is_mailed(self):
        email = source()["Parameters"]["OpsEmail"]
        self.assertNotIn("Default", email)
        for good in ("ops@example.com", "a.b+c@mail.example.org"):
            self.assertRegex(good, email["AllowedPattern"])
        for bad in ("", "ops", "ops@example", "…"):
            self.assertNotRegex(bad, email["AllowedPattern"])
        self.assertIn("e-mail address", email["ConstraintDescription"])

    def test_every_alarm_says_what_missing_data_means(self):
        for name, alarm in stack().of_type("AWS::CloudWatch::Alarm").items():
            # Every tick writes the lag, so silence is the trouble itself.
            by_ticks = ("due_lag_seconds", "reports_asked_for")
            expected = "breaching" if alarm["MetricName"] in by_ticks else "notBreaching"
            self.assertEqual(alarm.get("TreatMissingData"), expected, name)

    def test_one_dead_letter_is_enough(self):
        dead = alarms(Namespace="AWS/SQS", MetricName="ApproximateNumberOfMessagesVisible")
        self.assertEqual(set(dead), {f"<{prefix}DeadLetters.QueueName>" for prefix in QUEUES.values()})
        for alarm in dead.values():
            self.assertTrue(self.fires_above(alarm, 0, "Maximum"))

    def test_every_queue_is_watched_for_what_waits_too_long(self):
        old = alarms(Namespace="AWS/SQS", MetricName="ApproximateAgeOfOldestMessage")
        self.assertEqual(set(old), {f"<{prefix}Queue.QueueName>" for prefix in QUEUES.values()})
        for name, prefix in QUEUES.items():
            alarm = old[f"<{prefix}Queue.QueueName>"]
            self.assertTrue(self.fires_above(alarm, alarm["Threshold"], "Maximum"))
            # A record counts until its third receive: retries alone must not reach the limit.
            visibility = stack().properties(prefix + "Queue")["VisibilityTimeout"]
            self.assertGreater(alarm["Threshold"], 2 * visibility, name)

    def test_every_function_is_watched_for_errors_and_throttles(self):
        for metric in ("Errors", "Throttles"):
            watched = alarms(Namespace="AWS/Lambda", MetricName=metric)
            self.assertEqual(set(watched), {f"<{prefix}Function>" for prefix in FUNCTIONS.values()})
            for alarm in watched.values():
                self.assertTrue(self.fires_above(alarm, 0, "Sum"))

    def test_webhooks_answered_with_our_errors_are_noticed(self):
        (alarm,) = alarms(Namespace="AWS/ApiGateway", MetricName="5xx").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "ApiId", "Value": "<Api>"}])
        self.assertTrue(self.fires_above(alarm, 0, "Sum"))

    def test_a_clock_that_stands_still_is_noticed(self):
        late = alarms(Namespace=OWN, MetricName="due_lag_seconds")
        self.assertEqual(set(late), set(TICKED_EVERY_MINUTE))
        for alarm in late.values():
            self.assertTrue(self.fires_above(alarm, 600, "Maximum"))
            self.assertEqual(alarm["EvaluationPeriods"], 3)

    def test_messages_of_unknown_fate_are_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="messages_unknown").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "messenger"}])
        self.assertTrue(self.fires_above(alarm, 0, "Sum"))
        self.assertEqual(alarm["Period"] * alarm["EvaluationPeriods"], 900)

    def test_messages_that_wait_for_coupon_codes_are_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="coupon_pool_dry").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "messenger"}])
        self.assertTrue(self.fires_above(alarm, 0, "Sum"))

    def test_a_report_that_was_not_made_is_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="reports_failed").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "kpi-rollup"}])
        self.assertTrue(self.fires_above(alarm, 0, "Sum"))

    def test_a_day_that_was_not_closed_is_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="closings_failed").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "kpi-rollup"}])
        self.assertTrue(self.fires_above(alarm, 0, "Sum"))

    def test_members_who_are_in_no_number_are_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="members_unreadable").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "kpi-rollup"}])
        self.assertTrue(self.fires_above(alarm, 0, "Sum"))

    def test_a_stop_rule_that_nobody_follows_is_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="pilot_looks_failed").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "kpi-rollup"}])
        self.assertTrue(self.fires_above(alarm, 3, "Sum"))
        self.assertEqual(alarm["Period"] * alarm["EvaluationPeriods"], 3600)

    def test_an_hour_without_a_tick_for_reports_is_noticed(self):
        (alarm,) = alarms(Namespace=OWN, MetricName="reports_asked_for").values()
        self.assertEqual(alarm["Dimensions"], [{"Name": "function", "Value": "kpi-rollup"}])
        actual = (alarm["ComparisonOperator"], alarm["Threshold"], alarm["Statistic"], alarm["Period"])
        self.assertEqual(actual, ("LessThanThreshold", 1, "SampleCount", 3600))

    @staticmethod
    def fires_above(alarm, threshold, statistic):
        actual = (alarm["ComparisonOperator"], alarm["Threshold"], alarm["Statistic"])
        return actual == ("GreaterThanThreshold", threshold, statistic)

    def test_every_alarm_points_to_what_to_do(self):
        for name, alarm in stack().of_type("AWS::CloudWatch::Alarm").items():
            self.assertRegex(alarm["AlarmDescription"], r"\w.*docs/operations\.md#[a-z0-9-]+$", name)

    def test_what_to_do_is_written_there(self):
        headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text(), re.M)
        anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
        wanted = {
            alarm["AlarmDescription"].partition("docs/operations.md#")[2]
            for alarm in stack().of_type("AWS::CloudWatch::Alarm").values()
        }
        self.assertEqual(wanted - anchors, set(), "headings missing in docs/operations.md")

    def test_the_costs_count_every_alarm(self):
        told = re.search(r"^\| Alarms \| (\d+) × 0\.10 \|", (ROOT / "docs/operations.md").read_text(), re.M)
        self.assertEqual(int(told[1]), len(stack().of_type("AWS::CloudWatch::Alarm")))


class OwnMetrics(unittest.TestCase):
    """A misspelt metric never alarms, and nobody notices."""

    def used(self):
        for alarm in stack().of_type("AWS::CloudWatch::Alarm").values():
            dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
            yield alarm["Namespace"], alarm["MetricName"], dimensions
        yield from widget_metrics()

    def test_what_is_watched_is_written_by_the_code(self):
        code = rust("functions", "shared/aws/src", "shared/domain/src")
        own = [(metric, dimensions) for namespace, metric, dimensions in self.used() if namespace == OWN]
        self.assertGreater(len(own), 10)
        for metric, dimensions in own:
            self.assertTrue(f'"{metric}"' in code, metric)
            self.assertEqual(set(dimensions), {"function"}, metric)
            self.assertIn(dimensions["function"], FUNCTIONS, metric)

    def test_all_others_are_of_aws(self):
        self.assertEqual({namespace for namespace, _, _ in self.used() if not namespace.startswith("AWS/")}, {OWN})

    def test_a_function_is_called_there_what_its_code_calls_itself(self):
        for name in FUNCTIONS:
            main = (ROOT / "functions" / name / "src/main.rs").read_text()
            self.assertRegex(main, rf'connect\(&config, "{name}"\)')


class Dashboard(unittest.TestCase):
    def test_it_shows_everything_that_alarms(self):
        shown = {(namespace, metric, *dimensions.values()) for namespace, metric, dimensions in widget_metrics()}
        for alarm in stack().of_type("AWS::CloudWatch::Alarm").values():
            key = (alarm["Namespace"], alarm["MetricName"], *(one["Value"] for one in alarm["Dimensions"]))
            self.assertIn(key, shown)

    def test_it_shows_durations_and_what_the_tables_cost(self):
        metrics = {metric for _, metric, _ in widget_metrics()}
        self.assertLessEqual({"Duration", "Latency", "4xx", "messages_sent", "reports_made"}, metrics)
        self.assertLessEqual({"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"}, metrics)

    def test_no_widget_lies_on_another(self):
        taken = set()
        for widget in widgets():
            for x in range(widget["x"], widget["x"] + widget["width"]):
                for y in range(widget["y"], widget["y"] + widget["height"]):
                    self.assertLess(x, 24)
                    self.assertNotIn((x, y), taken)
                    taken.add((x, y))


class Canary(unittest.TestCase):
    @staticmethod
    def code_deploy(of):
        return {resource["Type"] for resource in of.resources.values() if "CodeDeploy" in resource["Type"]}

    def test_without_it_nothing_of_codedeploy_is_there(self):
        self.assertEqual(self.code_deploy(stack()), set())
        self.assertNotIn("CanaryRole", stack().resources)
        for name in FUNCTIONS:
            self.assertNotIn("UpdatePolicy", stack().resources[alias(name).strip("<>")])

    def test_with_it_every_function_moves_by_a_tenth_and_back_if_its_errors_alarm(self):
        of = stack(Canary="true")
        for name, prefix in FUNCTIONS.items():
            group = of.properties(prefix + "FunctionDeploymentGroup")
            self.assertEqual(group["DeploymentConfigName"], "CodeDeployDefault.LambdaCanary10Percent5Minutes")
            watched = {"Enabled": True, "Alarms": [{"Name": f"<{prefix}ErrorsAlarm>"}]}
            self.assertEqual(group["AlarmConfiguration"], watched)
            self.assertIn("DEPLOYMENT_STOP_ON_ALARM", group["AutoRollbackConfiguration"]["Events"])
            self.assertEqual(group["ServiceRoleArn"], "<CanaryRole.Arn>")
            update = of.resources[alias(name).strip("<>")]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
            self.assertEqual(update["DeploymentGroupName"], f"<{prefix}FunctionDeploymentGroup>")
            self.assertFalse({"BeforeAllowTrafficHook", "AfterAllowTrafficHook"} & update.keys())

    def test_errors_alarm_within_the_canarys_five_minutes(self):
        for alarm in alarms(Namespace="AWS/Lambda", MetricName="Errors").values():
            self.assertLessEqual(alarm["Period"] * alarm["EvaluationPeriods"], 300)

    def test_it_may_move_this_stacks_aliases_and_no_others(self):
        lambda_, watches = statements("CanaryRole", stack(Canary="true"))
        self.assertEqual(lambda_["Resource"], [ARN.format("lambda", "function:<AWS::StackName>-*")])
        self.assertEqual(watches["Action"], ["cloudwatch:DescribeAlarms"])


class Outputs(unittest.TestCase):
    def test_the_command_finds_what_it_reads(self):
        values = {name: output["Value"] for name, output in stack(SecretPrefix="club").outputs.items()}
        expected = {
            "WebhookUrl": "<Api.ApiEndpoint>",
            "MembersTable": "<MembersTable>",
            "JournalTable": "<JournalTable>",
            "SecretPrefix": "club",
            "ReportBucket": "<ReportBucket>",
            # As the functions have it from their environment.
            "PseudonymKey": "secretsmanager:<PseudonymKey.Id>",
        }
        self.assertLessEqual(expected.items(), values.items())

    def test_operators_find_queues_alarms_and_dashboard(self):
        values = {name: output["Value"] for name, output in stack().outputs.items()}
        for prefix in QUEUES.values():
            self.assertEqual(values[f"{prefix}QueueUrl"], f"<{prefix}Queue>")
            self.assertEqual(values[f"{prefix}DeadLettersUrl"], f"<{prefix}DeadLetters>")
        self.assertEqual(values["AlarmTopic"], "<AlarmTopic>")
        self.assertTrue(values["DashboardUrl"].endswith("#dashboards:name=<Dashboard>"))


class Environments(unittest.TestCase):
    """samconfig.toml."""

    TEXT = (ROOT / "samconfig.toml").read_text()
    CONFIG = tomllib.loads(TEXT)

    def overrides(self, environment):
        given = self.CONFIG[environment]["deploy"]["parameters"]["parameter_overrides"]
        return dict(one.split("=", 1) for one in given)

    def test_they_set_only_parameters_that_there_are_to_values_that_are_allowed(self):
        declared = source()["Parameters"]
        for environment in ("local", "staging", "prod"):
            for name, value in self.overrides(environment).items():
                self.assertIn(name, declared, environment)
                allowed = declared[name].get("AllowedValues")
                self.assertTrue(allowed is None or value in map(str, allowed), f"{environment}: {name}={value}")

    def test_production_is_careful_and_the_emulator_need_not_be(self):
        prod = self.overrides("prod")
        for name in ("Canary", "DeletionProtection", "PointInTimeRecovery"):
            self.assertEqual(prod[name], "true")
            self.assertEqual(self.overrides("local")[name], "false")
        self.assertIs(self.CONFIG["prod"]["deploy"]["parameters"]["confirm_changeset"], True)

    def test_whoever_deploys_says_who_is_mailed(self):
        for environment in ("staging", "prod"):
            self.assertNotIn("OpsEmail", self.overrides(environment))

    def test_nothing_names_a_machine(self):
        self.assertNotRegex(self.TEXT, r"localhost|127\.0\.0\.1|https?://|endpoint_url|[\"'= ]/[a-z]")

    def test_roles_without_names_need_no_more_than_capability_iam(self):
        for environment in ("local", "staging", "prod"):
            self.assertEqual(self.CONFIG[environment]["deploy"]["parameters"]["capabilities"], "CAPABILITY_IAM")
        for name, role in stack(Canary="true").of_type("AWS::IAM::Role").items():
            self.assertNotIn("RoleName", role, name)


if __name__ == "__main__":
    unittest.main()
