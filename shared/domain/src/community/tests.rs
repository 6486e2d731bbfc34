//! The demo community, and every mistake that a community's file can have.

use super::*;

const DEMO: &str = include_str!("../../../../infra/playbooks/demo-community.toml");

/// The smallest community on a platform, with the secrets given.
fn small(platform: &str, secrets: &str) -> String {
    format!(
        "id = \"acme\"\nplatform = \"{platform}\"\nname = \"Acme\"\nzone = \"Asia/Taipei\"\nlocale = \"en\"\nplaybook = \"default\"\n[secrets]\n{secrets}\n"
    )
}

fn problems(source: &str) -> Vec<String> {
    let problems = Community::parse(source).map_or_else(|problems| problems, |_| Vec::new());
    problems.iter().map(ToString::to_string).collect()
}

/// The problems of the demo after one edit, without their lines.
fn after(from: &str, to: &str) -> Vec<String> {
    assert!(DEMO.contains(from), "the demo has no {from}");
    let problems = Community::parse(&DEMO.replacen(from, to, 1))
        .map_or_else(|problems| problems, |_| Vec::new());
    problems
        .iter()
        .map(|problem| format!("{}: {}", problem.key, problem.message))
        .collect()
}

#[test]
fn the_demo_is_read_as_it_is_written() {
    assert_eq!(problems(DEMO), [""; 0]);
    let demo = Community::parse(DEMO).unwrap();
    let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    assert_eq!(demo.warnings(&playbook), [""; 0]);
    assert_eq!(
        (
            demo.id.as_str(),
            demo.platform,
            &*demo.name,
            demo.zone.name()
        ),
        ("acme", Platform::Slack, "Acme Makers", "Asia/Taipei")
    );
    assert_eq!(
        (
            demo.locale,
            demo.playbook.as_str(),
            demo.workspace.as_deref()
        ),
        (Locale::ZhHant, "default", Some("T123"))
    );
    assert_eq!(
        demo.home_channel,
        Some(ChannelId::new("C0GENERAL").unwrap())
    );
    assert_eq!(demo.shards, Community::DEFAULT_SHARDS);
    assert_eq!(demo.api, None);
    let foreign: Vec<&str> = demo
        .foreign_secrets("hearth")
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(
        foreign,
        ["bot_token", "signing_secret"],
        "the demo runs on one machine"
    );
    assert_eq!(
        demo.contents
            .iter()
            .filter(|content| content.interest.is_none())
            .count(),
        2
    );
    assert_eq!(
        demo.gift
            .as_ref()
            .map(|gift| (gift.codes.clone(), gift.valid_days)),
        Some((Codes::Shared("WELCOME7".to_owned()), 14))
    );
    let about: Vec<&str> = demo.about.keys().map(String::as_str).collect();
    assert_eq!(
        about,
        [
            "benefits.summary",
            "benefits.url",
            "bot.name",
            "community.best_posts_url",
            "community.guide_url",
            "community.rules",
            "community.value",
            "operator.name",
            "rejoin.url",
        ]
    );
}

#[test]
fn every_platform_wants_its_own_secrets() {
    for platform in Platform::ALL {
        let value = "ssm:/hearth/acme/x";
        let all: Vec<String> = platform
            .secret_names()
            .iter()
            .map(|name| format!("{name} = \"{value}\""))
            .collect();
        let community = Community::parse(&small(platform.name(), &all.join("\n"))).unwrap();
        assert_eq!(community.secrets.len(), platform.secret_names().len());
        assert_eq!(community.second_channel, None);
        assert_eq!(community.foreign_secrets("hearth"), []);

        let missing = problems(&small(platform.name(), ""));
        let optional = |name: &&&str| {
            platform.optional_secrets().contains(*name) || **name == Platform::SECOND_SECRET
        };
        let needed: Vec<&&str> = platform
            .secret_names()
            .iter()
            .filter(|name| !optional(name))
            .collect();
        assert_eq!(missing.len(), needed.len(), "{missing:?}");
        let needed: Vec<String> = needed
            .iter()
            .map(|name| format!("{name} = \"{value}\""))
            .collect();
        assert_eq!(
            problems(&small(platform.name(), &needed.join("\n"))),
            [""; 0],
            "{platform} without what it may leave out"
        );
    }
    assert_eq!(
        problems(&small("slack", "bot_tokn = \"env:A\"")),
        [
            "line 7: secrets.signing_secret: expected a reference (ssm:/name, secretsmanager:name, env:NAME or literal:value), or a list of one or two, found nothing",
            "line 7: secrets.bot_token: expected a reference (ssm:/name, secretsmanager:name, env:NAME or literal:value), or a list of one or two, found nothing",
            "line 8: secrets.bot_tokn: unknown key: did you mean bot_token?",
        ]
    );
    assert_eq!(
        problems(
            "id = \"acme\"\nplatform = \"slack\"\nname = \"A\"\nzone = \"UTC\"\nlocale = \"en\"\nplaybook = \"default\"\n"
        ),
        [
            "line 1: secrets: expected a table [secrets] with signing_secret, bot_token, second_secret, found nothing"
        ]
    );
}

#[test]
fn a_secret_is_one_reference_or_two() {
    let whsec = "whsec_MfKQ9r8GKYqwTwjUPD8ILPZIo2LaLaSw";
    for (value, expected) in [
        ("\"ssm:/a/b\"", "[ssm:/a/b]"),
        ("\"secretsmanager:a/b\"", "[secretsmanager:a/b]"),
        ("[\"env:A_1\"]", "[env:A_1]"),
        ("[\"env:A\", \"ssm:/b\"]", "[env:A, ssm:/b]"),
        (&*format!("\"literal:{whsec}\""), "[literal:…]"),
        ("\"literal:whsec_aGVhcnRo\"", "[literal:…]"),
        ("\"literal:whsec_aGVhcnRoMQ\"", "[literal:…]"),
        ("\"literal:a-plain-secret-1\"", "[literal:…]"),
    ] {
        let community =
            Community::parse(&small("standard", &format!("signing_secret = {value}"))).unwrap();
        assert_eq!(
            format!("{:?}", community.secrets["signing_secret"]),
            expected
        );
    }
}

#[test]
fn no_problem_repeats_a_secret() {
    let one = "expected ssm:/name, secretsmanager:name, env:NAME or literal:value";
    let list = "expected a reference (ssm:/name, secretsmanager:name, env:NAME or literal:value), or a list of one or two";
    let whsec = "expected another value after literal: (it is neither whsec_ and base64 nor a plain secret of 16 characters or more)";
    for (value, expected) in [
        (
            "\"hunter2\"",
            format!("line 8: secrets.signing_secret: {one}"),
        ),
        (
            "\"ssm:hunter2\"",
            format!("line 8: secrets.signing_secret: {one}"),
        ),
        (
            "\"env:hunter 2\"",
            format!("line 8: secrets.signing_secret: {one}"),
        ),
        (
            "\"literal:\"",
            "line 8: secrets.signing_secret: expected a value after literal:".to_owned(),
        ),
        (
            "\"literal:hunter2\"",
            format!("line 8: secrets.signing_secret: {whsec}"),
        ),
        (
            "\"literal:whsec_hunter2!\"",
            format!("line 8: secrets.signing_secret: {whsec}"),
        ),
        (
            "\"literal:whsec_\"",
            format!("line 8: secrets.signing_secret: {whsec}"),
        ),
        ("2222", format!("line 8: secrets.signing_secret: {list}")),
        ("[]", format!("line 8: secrets.signing_secret: {list}")),
        (
            "[\"env:A\", \"env:B\", \"literal:hunter2\"]",
            format!("line 8: secrets.signing_secret: {list}"),
        ),
        (
            "[\"env:A\", \"hunter2\"]",
            format!("line 8: secrets.signing_secret[1]: {one}"),
        ),
        (
            "{ value = \"hunter2\" }",
            format!("line 8: secrets.signing_secret: {list}"),
        ),
    ] {
        let found = problems(&small("standard", &format!("signing_secret = {value}")));
        assert_eq!(found, [expected], "{value}");
    }
    // Not even where the file is not TOML.
    for broken in [
        "signing_secret = literal:hunter2",
        "signing_secret = \"literal:hunter2",
        "signing_secret: hunter2",
        "signing_secret = 'literal:hunter2' hunter2",
    ] {
        let found = problems(&small("standard", broken));
        assert!(
            !found.is_empty() && !found.concat().contains("hunter2"),
            "{found:?}"
        );
    }
}

const STARTS: &str =
    "expected a day and a time such as \"2026-01-08T20:00\", in the community's zone";

/// What is taken out of the file (`-`), what is put in (`+`, ⏎ = a line's end), and what that is
/// told (`!`).
const MISTAKES: &str = r##"
- id = "acme"
+ id = "Acme!"
! id: expected a valid community id (1 to 32 of a-z, 0-9 and -), found "Acme!"

- platform = "slack"
+ platform = "irc"
! platform: expected one of slack, telegram, line, discord, wecom, feishu, standard, found "irc"

- name = "Acme Makers"
+ name = ""
! name: expected the name that members read, found ""

- zone = "Asia/Taipei"
+ zone = "+08:00"
! zone: expected the IANA name of a time zone such as "Asia/Taipei", found "+08:00"

- locale = "zh-Hant"
+ locale = "fr"
! locale: expected one of zh-Hant, zh-Hans, en, found "fr"

- playbook = "default"
+
! playbook: expected a valid playbook id (1 to 32 of a-z, 0-9 and -), found nothing

- workspace = "T123"
+ workspace = 123
! workspace: expected the workspace's id, found 123

- workspace = "T123"
+ work_space = "T123"
! work_space: unknown key: did you mean workspace?

- home_channel = "C0GENERAL"
+ home_channel = "#general"
! home_channel: expected a valid channel id (1 to 64 bytes without spaces, # and /), found "#general"

- topic_channels = ["C0TOPIC"]
+ topic_channels = "C0TOPIC"
! topic_channels: expected a list of ids, found "C0TOPIC"

- staff = ["U0BOSS"]
+ staff = ["U0BOSS", "@bob"]
! staff[1]: expected a valid member id (1 to 64 bytes without spaces, #, / and a leading @), found "@bob"

- # shards = 16
+ shards = 0
! shards: expected a number of partitions from 1 to 256, found 0

- # [endpoints]⏎# api = "http://127.0.0.1:9100"
+ [endpoints]⏎api = "localhost"
! endpoints.api: expected an address that begins with https:// or http://, found "localhost"

- guide_url = "https://acme.example/guide"
+ guide_url = "acme.example"
! about.guide_url: expected an address that begins with https:// or http://, found "acme.example"

- bot_name = {
+ botname = {
! about.botname: unknown key: did you mean bot_name?

- interest = "tools"
+ interest = "Tools"
! content[0].interest: expected a valid interest id (1 to 16 of a-z, 0-9 and -), found "Tools"

- url = "https://acme.example/posts/this-week"
+
! content[4].url: expected an address that begins with https:// or http://, found nothing

- ⏎code = "WELCOME7"
+ ⏎code = " "
! gift.code: expected a coupon code, found " "

- valid_days = 14
+ valid_days = 0
! gift.valid_days: expected days from 1 to 365, found 0

- [topic]
+ [topics]
! topics: unknown key: did you mean topic?

- C0TOOLS = "tools"
+ C0TOOLS = "Tools"
! interest_channels.C0TOOLS: expected a valid interest id (1 to 16 of a-z, 0-9 and -), found "Tools"

- C0TOOLS = "tools"
+ "#tools" = "tools"
! interest_channels."#tools": not a channel id: expected 1 to 64 bytes without spaces, # and /

- interest_channels = { C0TOOLS = "tools", C0CASES = "cases" }
+ interest_channels = ["C0TOOLS"]
! interest_channels: expected a table [interest_channels] of channels and their interest, found a list

- # [endpoints]⏎# api = "http://127.0.0.1:9100"
+ [endpoints]⏎second_chanel = "https://relay.example"
! endpoints.second_chanel: unknown key: did you mean second_channel?

- # [endpoints]⏎# api = "http://127.0.0.1:9100"
+ [endpoints]⏎second_channel = "https://relay.example"
! secrets.second_secret: expected a reference (ssm:/name, secretsmanager:name, env:NAME or literal:value), or a list of one or two, found nothing

- id = "tea"
+ id = "Tea"
! events[0].id: expected a valid event id (1 to 16 of a-z, 0-9 and -), found "Tea"

- starts = "2026-01-01T20:00"
+ starts = "2026-01-01T20:00+08:00"
! events[0].starts: {starts}, found "2026-01-01T20:00+08:00"

- starts = "2026-01-01T20:00"
+ starts = 2026-01-01T20:00:00Z
! events[0].starts: {starts}, found 2026-01-01T20:00:00Z

- starts = "2026-01-01T20:00"
+ starts = "2026-01-01T20:00-05:00"
! events[0].starts: {starts}, found "2026-01-01T20:00-05:00"

- starts = "2026-01-01T20:00"
+ starts = "2026-01-01T20:00[Asia/Taipei]"
! events[0].starts: {starts}, found "2026-01-01T20:00[Asia/Taipei]"

- starts = "2026-01-01T20:00"
+ starts = "2026-01-01"
! events[0].starts: {starts}, found "2026-01-01"

- starts = "2026-01-01T20:00"
+ starts = "2026-02-30T20:00"
! events[0].starts: {starts}, found "2026-02-30T20:00"

- starts = "2026-01-01T20:00"
+ starts = 2026-01-01
! events[0].starts: {starts}, found 2026-01-01

- minutes = 60
+ minutes = 0
! events[0].minutes: expected minutes from 1 to 1440, found 0

- minutes = 60
+ minute = 60
! events[0].minutes: expected minutes from 1 to 1440, found nothing
! events[0].minute: unknown key: did you mean minutes?

- weekly = true
+ weekly = "yes"
! events[0].weekly: expected true or false, found "yes"

- url = "https://acme.example/tea"
+ url = "acme.example/tea"
! events[0].url: expected an address that begins with https:// or http://, found "acme.example/tea"

- [[events]]⏎
+ [[events]]⏎id = "tea"⏎title = "A"⏎starts = "2026-01-02T20:00"⏎minutes = 5⏎url = "https://a.example"⏎[[events]]⏎
! events[1].id: expected an id that no other event has, found "tea" again

- ⏎code = "WELCOME7"
+
! gift.code: expected one of code (the same for all), pool (imported codes) and generate (what made-up codes begin with), found nothing

- ⏎code = "WELCOME7"
+ ⏎code = "WELCOME7"⏎pool = "welcome"
! gift.code: expected only one of code, pool and generate

- ⏎code = "WELCOME7"
+ ⏎pool = "welcome"⏎generate = "ACME-"
! gift.code: expected only one of code, pool and generate

- ⏎code = "WELCOME7"
+ ⏎pool = "Welcome"
! gift.pool: expected a valid coupon pool (1 to 32 of a-z, 0-9 and -), found "Welcome"

- generate = "BACK-"
+ generate = "BACK #"
! come_back_gift.generate: expected 1 to 12 letters, digits and -, with which each code begins, found "BACK #"

- generate = "BACK-"
+ generate = "BACK-TO-ACME-AGAIN"
! come_back_gift.generate: expected 1 to 12 letters, digits and -, with which each code begins, found "BACK-TO-ACME-AGAIN"

- percent_off = 50
+ percent_off = 100
! offer.percent_off: expected percent from 1 to 99, found 100

- percent_off = 50
+ percent = 50
! offer.percent_off: expected percent from 1 to 99, found nothing
! offer.percent: unknown key
"##;

#[test]
fn each_mistake_is_told_in_its_own_words() {
    for case in MISTAKES.trim().split("\n\n") {
        let part = |mark: char| {
            let lines = case.lines().filter_map(move |line| line.strip_prefix(mark));
            lines.map(|line| line.trim_start().replace('⏎', "\n"))
        };
        let (from, to) = (part('-').next().unwrap(), part('+').next().unwrap());
        let expected: Vec<String> = part('!')
            .map(|told| told.replace("{starts}", STARTS))
            .collect();
        assert_eq!(after(&from, &to), expected, "{case}");
    }
}

#[test]
fn a_problem_of_an_event_has_its_line() {
    let at = DEMO.lines().position(|line| line.starts_with("starts"));
    let source = DEMO.replacen("T20:00\"", "T20:00+08:00\"", 1);
    assert_eq!(
        problems(&source),
        [format!(
            "line {}: events[0].starts: {STARTS}, found \"2026-01-01T20:00+08:00\"",
            at.unwrap() + 1
        )]
    );
}

#[test]
fn events_gifts_and_places_are_read_as_they_are_written() {
    let demo = Community::parse(DEMO).unwrap();
    let [tea] = &*demo.gatherings else {
        panic!("one event");
    };
    assert_eq!(
        (
            tea.id.as_str(),
            tea.starts.to_string().as_str(),
            tea.minutes,
            tea.weekly
        ),
        ("tea", "2026-01-01T20:00:00", 60, true)
    );
    let bare = DEMO.replacen("\"2026-01-01T20:00\"", "2026-01-01T20:00:00", 1);
    let bare = Community::parse(&bare).unwrap();
    assert_eq!(bare.gatherings, demo.gatherings, "quotes or none");
    let about: Vec<String> = demo
        .interest_channels
        .iter()
        .map(|(channel, interest)| format!("{channel}={interest}"))
        .collect();
    assert_eq!(about, ["C0CASES=cases", "C0TOOLS=tools"]);
    let back = demo.come_back_gift.unwrap();
    let prefix = "BACK-".to_owned();
    assert_eq!(
        (back.codes, back.valid_days),
        (Codes::Generated { prefix }, 14)
    );
    let pool = DEMO.replacen("\ncode = \"WELCOME7\"", "\npool = \"welcome\"", 1);
    let pool = Community::parse(&pool).unwrap().gift.unwrap().codes;
    assert_eq!(pool, Codes::Pool("welcome".parse().unwrap()));
    assert_eq!(demo.offer.unwrap().percent_off, 50);
}

#[test]
fn all_problems_come_at_once_with_their_lines() {
    let source = "id = \"A\"\nplatform = \"slack\"\nname = \"A\"\nzone = \"Mars\"\nlocal = \"en\"\nplaybook = \"default\"\n\n[secrets]\nsigning_secret = \"x\"\n[gift]\nvalid_days = 400\n";
    let found = problems(source);
    let lines: Vec<&str> = found
        .iter()
        .map(|problem| {
            problem
                .rsplit_once(": expected")
                .map_or(&**problem, |(start, _)| start)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "line 1: id",
            "line 1: locale",
            "line 4: zone",
            "line 5: local: unknown key: did you mean locale?",
            "line 8: secrets.bot_token",
            "line 9: secrets.signing_secret",
            "line 10: gift.items",
            "line 10: gift.code",
            "line 10: gift.url",
            "line 11: gift.valid_days",
        ]
    );
}

#[test]
fn content_for_an_interest_that_nobody_can_choose_is_a_warning() {
    let demo =
        Community::parse(&DEMO.replacen("interest = \"cases\"", "interest = \"case\"", 1)).unwrap();
    let playbook = Playbook::parse(Playbook::DEFAULT_TOML).unwrap();
    assert_eq!(
        demo.warnings(&playbook),
        ["content[2]: the playbook has no interest case: it reaches nobody"]
    );
}

#[test]
fn a_secret_belongs_to_the_community_whose_name_stands_in_its_path() {
    let acme = CommunityId::new("acme").unwrap();
    for (reference, own) in [
        ("ssm:/hearth/acme/signing_secret", true),
        ("ssm:/hearth/acme/2026/signing_secret", true),
        ("secretsmanager:hearth/acme/bot_token", true),
        ("ssm:/hearth/acme/", false),
        ("ssm:/hearth/acme", false),
        ("ssm:/hearth/acme2/signing_secret", false),
        ("ssm:/hearth/other/signing_secret", false),
        ("ssm:/other/acme/signing_secret", false),
        ("ssm:/hearth-2/acme/signing_secret", false),
        ("secretsmanager:/hearth/acme/bot_token", false),
        ("secretsmanager:@hearth/stack/pseudonym-key", false),
        ("env:TOKEN", false),
        ("literal:xoxb", false),
    ] {
        let read = SecretRef::read(reference).unwrap();
        assert_eq!(read.belongs_to(&acme, "hearth"), own, "{reference}");
    }
}
