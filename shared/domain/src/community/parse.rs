//! Reading a community's file.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::{Community, Content, Gathering, Gift, Offer, SecretRef, Topic};
use crate::coupon::Codes;
use crate::days::Zone;
use crate::ids::{ChannelId, GatheringId, IdError, InterestId};
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
    let currency = file.get("currency").and_then(|item| item.id());
    let workspace = file
        .get("workspace")
        .and_then(|item| item.text("the workspace's id"));
    let home_channel = file.get("home_channel").and_then(|item| item.id());
    let check_in_channels = ids(file.get("check_in_channels"));
    let topic_channels = ids(file.get("topic_channels"));
    let interest_channels = file
        .get("interest_channels")
        .and_then(|item| interest_channels(&item))
        .unwrap_or_default();
    let ops_channel = file.get("ops_channel").and_then(|item| item.id());
    let staff = ids(file.get("staff"));
    let shards = file
        .get("shards")
        .map_or(Some(Community::DEFAULT_SHARDS), |item| {
            item.integer(1..=256, "a number of partitions")
        });
    let endpoints = file.get("endpoints").and_then(|item| endpoints(&item));
    let (api, second_channel) = endpoints.unwrap_or_default();
    let secrets = secrets(&mut file, platform, second_channel.is_some());
    let about = file
        .get("about")
        .and_then(|item| about(&item))
        .unwrap_or_default();
    let contents = file
        .get("content")
        .and_then(|item| contents(&item))
        .unwrap_or_default();
    let topic = file.get("topic").and_then(|item| topic(&item));
    let gift = file.get("gift").and_then(|item| self::gift(&item));
    let come_back_gift = file
        .get("come_back_gift")
        .and_then(|item| self::gift(&item));
    let offer = file.get("offer").and_then(|item| offer(&item));
    let gatherings = file
        .get("events")
        .and_then(|item| gatherings(&item))
        .unwrap_or_default();
    let invite_link = file.get("invite_link").and_then(|item| invite_link(&item));
    file.finish();
    Some(Community {
        id: id?,
        platform: platform?,
        name: name?,
        zone: zone?,
        locale: locale?,
        playbook: playbook?,
        currency,
        workspace,
        home_channel,
        check_in_channels,
        topic_channels,
        interest_channels,
        ops_channel,
        staff,
        shards: shards?,
        api,
        second_channel,
        secrets: secrets?,
        about,
        contents,
        topic,
        gift,
        come_back_gift,
        offer,
        gatherings,
        invite_link,
    })
}

/// Without a place for the code everybody's link would be the same.
fn invite_link(item: &Item<'_>) -> Option<String> {
    let link = item.url()?;
    if !link.contains("{code}") {
        return item.expected("an https:// address with {code} where a member's code stands");
    }
    Some(link)
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

fn interest_channels(item: &Item<'_>) -> Option<BTreeMap<ChannelId, InterestId>> {
    let table = item.table("a table [interest_channels] of channels and their interest")?;
    let entries = all(table.entries().map(|(channel, item)| {
        let read = channel.parse::<ChannelId>();
        if let Err(error) = &read {
            item.problem(error);
        }
        Some((read.ok()?, item.id()?))
    }));
    entries.map(|entries| entries.into_iter().collect())
}

/// The platform's send API, and the second channel.
fn endpoints(item: &Item<'_>) -> Option<(Option<String>, Option<String>)> {
    let mut table = item.table("a table [endpoints]")?;
    let api = table.get("api").and_then(|item| item.url());
    let second_channel = table.get("second_channel").and_then(|item| item.url());
    table.finish();
    Some((api, second_channel))
}

/// The secrets of the community's platform: none missing that it can't do without, none that it does
/// not know.
fn secrets(
    file: &mut Table<'_>,
    platform: Option<Platform>,
    second_channel: bool,
) -> Option<BTreeMap<String, Vec<SecretRef>>> {
    let item = file.need("secrets");
    let platform = platform?;
    let names = platform.secret_names();
    let mut table = item.table(format_args!("a table [secrets] with {}", names.join(", ")))?;
    let mut secrets = BTreeMap::new();
    for name in names {
        let item = table.need(name);
        let optional = if *name == Platform::SECOND_SECRET {
            !second_channel
        } else {
            platform.optional_secrets().contains(name)
        };
        if item.is_missing() && optional {
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
    let mut table = item.table("a table with items, a code and an address")?;
    let items = table.need("items").localised();
    let codes = codes(&mut table);
    let url = table.need("url").url();
    let valid_days = valid_days(&mut table);
    table.finish();
    Some(Gift {
        items: items?,
        codes: codes?,
        url: url?,
        valid_days: valid_days?,
    })
}

fn offer(item: &Item<'_>) -> Option<Offer> {
    let mut table = item.table("a table [offer]")?;
    let percent_off = table.need("percent_off").integer(1..=99, "percent");
    let codes = codes(&mut table);
    let valid_days = valid_days(&mut table);
    table.finish();
    Some(Offer {
        percent_off: percent_off?,
        codes: codes?,
        valid_days: valid_days?,
    })
}

fn valid_days(table: &mut Table<'_>) -> Option<u16> {
    table
        .get("valid_days")
        .map_or(Some(GIFT_DAYS), |item| item.integer(1..=365, "days"))
}

/// Exactly one of the ways to come by a code.
fn codes(table: &mut Table<'_>) -> Option<Codes> {
    let code = table.need("code");
    let (pool, prefix) = (table.get("pool"), table.get("generate"));
    match (code.is_missing(), pool, prefix) {
        (false, None, None) => code.text("a coupon code").map(Codes::Shared),
        (true, Some(pool), None) => pool.id().map(Codes::Pool),
        (true, None, Some(prefix)) => {
            let read = prefix.text("what each code begins with")?;
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            if read.len() > 12 || !read.bytes().all(plain) {
                return prefix.expected("1 to 12 letters, digits and -, with which each code begins");
            }
            Some(Codes::Generated { prefix: read })
        }
        (true, None, None) => code.expected(
            "one of code (the same for all), pool (imported codes) and generate (what made-up codes begin with)",
        ),
        _ => {
            code.problem("expected only one of code, pool and generate");
            None
        }
    }
}

fn gatherings(item: &Item<'_>) -> Option<Vec<Gathering>> {
    let mut seen = BTreeSet::new();
    all(item.list("a list of [[events]]")?.iter().map(|item| {
        let mut table = item.table("a table [[events]]")?;
        let id_item = table.need("id");
        let id: Option<GatheringId> = id_item.id();
        let title = table.need("title").localised();
        let starts = table.need("starts").date_time();
        let minutes = table.need("minutes").integer(1..=1_440, "minutes");
        let url = table.need("url").url();
        let recap_url = table.get("recap_url").and_then(|item| item.url());
        let weekly = table.get("weekly").map_or(Some(false), |item| item.flag());
        table.finish();
        if let Some(id) = id.clone().filter(|id| !seen.insert(id.clone())) {
            id_item.problem(format_args!(
                "expected an id that no other event has, found \"{id}\" again"
            ));
        }
        Some(Gathering {
            id: id?,
            title: title?,
            starts: starts?,
            minutes: minutes?,
            url: url?,
            recap_url,
            weekly: weekly?,
        })
    }))
}
