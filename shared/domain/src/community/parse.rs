//! Reading a community's file.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::{Community, Content, Gift, SecretRef, Topic};
use crate::days::Zone;
use crate::ids::IdError;
use crate::locale::Locale;
use crate::platform::Platform;
use crate::playbook::Localised;
use crate::toml_check::{Item, Problem, Table, all, read};

/// The keys of `[about]`, and the placeholders that they fill.
const ABOUT: [(&str, &str); 10] = [
    ("value", "community.value"),
    ("rules", "community.rules"),
    ("guide_url", "community.guide_url"),
    ("best_posts_url", "community.best_posts_url"),
    ("next_event", "community.next_event"),
    ("bot_name", "bot.name"),
    ("operator_name", "operator.name"),
    ("rejoin_url", "rejoin.url"),
    ("benefits_summary", "benefits.summary"),
    ("benefits_url", "benefits.url"),
];

/// Days that a gift's code is valid, where the file says nothing.
const GIFT_DAYS: u16 = 14;

impl Community {
    /// Reads a community's file, or answers all problems at once, by line. No problem repeats a
    /// secret, or what stands where one should.
    pub fn parse(toml: &str) -> Result<Self, Vec<Problem>> {
        read(toml, community)
    }
}

fn community(mut file: Table<'_>) -> Option<Community> {
    let id = file.need("id").id();
    let platform = platform(&file.need("platform"));
    let name = file.need("name").text("the name that members read");
    let zone = zone(&file.need("zone"));
    let locale = locale(&file.need("locale"));
    let playbook = file.need("playbook").id();
    let workspace = file
        .get("workspace")
        .and_then(|item| item.text("the workspace's id"));
    let home_channel = file.get("home_channel").and_then(|item| item.id());
    let check_in_channels = ids(file.get("check_in_channels"));
    let topic_channels = ids(file.get("topic_channels"));
    let ops_channel = file.get("ops_channel").and_then(|item| item.id());
    let staff = ids(file.get("staff"));
    let shards = file
        .get("shards")
        .map_or(Some(Community::DEFAULT_SHARDS), |item| {
            item.integer(1..=256, "a number of partitions")
        });
    let api = file.get("endpoints").and_then(|item| endpoints(&item));
    let secrets = secrets(&mut file, platform);
    let about = file
        .get("about")
        .and_then(|item| about(&item))
        .unwrap_or_default();
    let contents = file
        .get("content")
        .and_then(|item| contents(&item))
        .unwrap_or_default();
    let topic = file.get("topic").and_then(|item| topic(&item));
    let gift = file.get("gift").and_then(|item| gift(&item));
    file.finish();
    Some(Community {
        id: id?,
        platform: platform?,
        name: name?,
        zone: zone?,
        locale: locale?,
        playbook: playbook?,
        workspace,
        home_channel,
        check_in_channels,
        topic_channels,
        ops_channel,
        staff,
        shards: shards?,
        api,
        secrets: secrets?,
        about,
        contents,
        topic,
        gift,
    })
}

fn platform(item: &Item<'_>) -> Option<Platform> {
    match item.as_str().and_then(Platform::from_name) {
        Some(platform) => Some(platform),
        None => item.expected(format_args!(
            "one of {}",
            Platform::ALL.map(Platform::name).join(", ")
        )),
    }
}

fn zone(item: &Item<'_>) -> Option<Zone> {
    match item.as_str().and_then(|name| Zone::new(name).ok()) {
        Some(zone) => Some(zone),
        None => item.expected("the IANA name of a time zone such as \"Asia/Taipei\""),
    }
}

fn locale(item: &Item<'_>) -> Option<Locale> {
    match item.as_str().and_then(Locale::from_tag) {
        Some(locale) => Some(locale),
        None => item.expected(format_args!(
            "one of {}",
            Locale::ALL.map(Locale::tag).join(", ")
        )),
    }
}

fn ids<T: FromStr<Err = IdError>>(item: Option<Item<'_>>) -> Vec<T> {
    let items = item
        .and_then(|item| item.list("a list of ids"))
        .unwrap_or_default();
    items.iter().filter_map(Item::id).collect()
}

fn endpoints(item: &Item<'_>) -> Option<String> {
    let mut table = item.table("a table [endpoints]")?;
    let api = table.get("api").and_then(|item| item.url());
    table.finish();
    api
}

/// The secrets of the community's platform: none missing that it can't do without, none that it does
/// not know.
fn secrets(
    file: &mut Table<'_>,
    platform: Option<Platform>,
) -> Option<BTreeMap<String, Vec<SecretRef>>> {
    let item = file.need("secrets");
    let platform = platform?;
    let names = platform.secret_names();
    let mut table = item.table(format_args!("a table [secrets] with {}", names.join(", ")))?;
    let mut secrets = BTreeMap::new();
    for name in names {
        let item = table.need(name);
        if item.is_missing() && platform.optional_secrets().contains(name) {
            continue;
        }
        if let Some(refs) = secret(&item, platform, name) {
            secrets.insert((*name).to_owned(), refs);
        }
    }
    table.finish();
    Some(secrets)
}

/// One reference, or two where a rotation is under way.
fn secret(item: &Item<'_>, platform: Platform, name: &str) -> Option<Vec<SecretRef>> {
    if item.as_str().is_some() {
        return Some(vec![secret_ref(item, platform, name)?]);
    }
    let expected = "a reference (ssm:/name, secretsmanager:name, env:NAME or literal:value), or a list of one or two";
    match item.as_list() {
        Some(items) if (1..=2).contains(&items.len()) => {
            all(items.iter().map(|item| secret_ref(item, platform, name)))
        }
        Some(_) | None => item.expected_secret(expected),
    }
}

fn secret_ref(item: &Item<'_>, platform: Platform, name: &str) -> Option<SecretRef> {
    let Some(reference) = item.as_str().and_then(SecretRef::read) else {
        return match item.as_str() {
            Some("literal:") => item.expected_secret("a value after literal:"),
            Some(_) | None => {
                item.expected_secret("ssm:/name, secretsmanager:name, env:NAME or literal:value")
            }
        };
    };
    if let SecretRef::Literal(value) = &reference
        && let Some(mistake) = platform.secret_mistake(name, value)
    {
        return item.expected_secret(format_args!("another value after literal: ({mistake})"));
    }
    Some(reference)
}

fn about(item: &Item<'_>) -> Option<BTreeMap<String, Localised>> {
    let mut table = item.table("a table [about]")?;
    let values = all(ABOUT.iter().filter_map(|(key, placeholder)| {
        let item = table.get(key)?;
        let url = key.ends_with("_url").then(|| item.as_str()).flatten();
        if url.is_some() && item.url().is_none() {
            return Some(None);
        }
        Some(
            item.localised()
                .map(|value| ((*placeholder).to_owned(), value)),
        )
    }));
    table.finish();
    values.map(|values| values.into_iter().collect())
}

fn contents(item: &Item<'_>) -> Option<Vec<Content>> {
    all(item.list("a list of [[content]]")?.iter().map(|item| {
        let mut table = item.table("a table [[content]]")?;
        let interest = table.get("interest").and_then(|item| item.id());
        let title = table.need("title").localised();
        let summary = table.get("summary").and_then(|item| item.localised());
        let question = table.need("question").localised();
        let url = table.need("url").url();
        table.finish();
        Some(Content {
            interest,
            title: title?,
            summary,
            question: question?,
            url: url?,
        })
    }))
}

fn topic(item: &Item<'_>) -> Option<Topic> {
    let mut table = item.table("a table [topic]")?;
    let title = table.need("title").localised();
    let question = table.need("question").localised();
    let url = table.get("url").and_then(|item| item.url());
    table.finish();
    Some(Topic {
        title: title?,
        question: question?,
        url,
    })
}

fn gift(item: &Item<'_>) -> Option<Gift> {
    let mut table = item.table("a table [gift]")?;
    let items = table.need("items").localised();
    let code = table.need("code").text("a coupon code");
    let url = table.need("url").url();
    let valid_days = table
        .get("valid_days")
        .map_or(Some(GIFT_DAYS), |item| item.integer(1..=365, "days"));
    table.finish();
    Some(Gift {
        items: items?,
        code: code?,
        url: url?,
        valid_days: valid_days?,
    })
}
