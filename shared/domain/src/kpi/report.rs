//! The weekly report: the record that is kept, and what it says in a message.

use std::collections::BTreeMap;

use hearth_charts::ChartError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::definitions::{Definition, Unit, definitions};
use super::focus::{Focus, focus};
use super::light::{Finding, Judged, Light, judge, reasons};
use super::numbers::Numbers;
use super::rules::{ExpectedMix, ReportRules, Targets};
use super::trend::{Anomaly, Figures, History, Verdict, anomalies};
use super::words::{Words, label};
use crate::community::Community;
use crate::days::{IsoWeek, LocalDay, Zone};
use crate::experiment::Trials;
use crate::ids::{CommunityId, InterestId};
use crate::locale::Locale;
use crate::playbook::placeholders::unset;
use crate::playbook::{Interest, Localised};
use crate::text::date;

/// What stands where nothing is known.
pub(super) const UNKNOWN: &str = "–";

/// Which writing of a week's report it is. Events may be 48 hours late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Revision {
    /// 1: Monday's.
    Provisional,
    /// 2: Wednesday's, after which nothing of the week can come any more.
    Final,
}

impl Revision {
    /// As readers see it.
    pub fn name(self) -> Words {
        match self {
            Self::Provisional => label::PROVISIONAL,
            Self::Final => label::FINAL,
        }
    }
}

impl From<Revision> for u8 {
    fn from(revision: Revision) -> Self {
        match revision {
            Revision::Provisional => 1,
            Revision::Final => 2,
        }
    }
}

impl TryFrom<u8> for Revision {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::Provisional),
            2 => Ok(Self::Final),
            _ => Err("not a revision: expected 1 (provisional) or 2 (final)"),
        }
    }
}

/// What a report is judged by: the playbook.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// What is aimed at.
    pub targets: &'a Targets,
    /// How it is judged.
    pub report: &'a ReportRules,
    /// The ids of the plan's steps, in their order.
    pub steps: &'a [String],
    /// What places can be about.
    pub interests: &'a [Interest],
}

/// A week's report. Its JSON is the record: no personal data, the same bytes for the same week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this record's shape: [`Report::SCHEMA`].
    pub schema: u8,
    /// The community.
    pub community: CommunityId,
    /// Its name.
    pub name: String,
    /// The week.
    pub week: IsoWeek,
    /// The last day that counts, in the community's zone.
    pub as_of: LocalDay,
    /// Provisional or final.
    pub revision: Revision,
    /// When it was made.
    pub generated_at: Timestamp,
    /// The zone of its days.
    pub zone: Zone,
    /// Another zone that days of this week were counted in, before the community moved to `zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_before: Option<Zone>,
    /// The operators' language.
    pub locale: Locale,
    /// The verdict.
    pub light: Light,
    /// What is not green, worst first.
    pub light_reasons: Vec<Finding>,
    /// What to look at first, at most three.
    pub focus: Vec<Focus>,
    /// The numbers.
    pub numbers: Numbers,
    /// The playbook's targets at that time, as fractions.
    pub targets: BTreeMap<String, f64>,
    /// The weeks before, as far as they were reported.
    pub history: History,
    /// What is out of the ordinary, the farthest first.
    pub anomalies: Vec<Anomaly>,
    /// Of members who are neither new nor gone, the fraction that is expected in each segment; `silent`
    /// is both kinds of silence.
    pub expected_mix: BTreeMap<String, f64>,
    /// The plan's steps, by id, as the current playbook has them: the names of the funnel's.
    pub steps: Vec<String>,
    /// The names of what was talked about, as the current playbook has them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub topics: BTreeMap<InterestId, Localised>,
    /// What came of other words and of holdouts, up to the end of `as_of`.
    #[serde(default, skip_serializing_if = "Trials::is_empty")]
    pub trials: Trials,
}

/// The names of the topics of a week.
fn named<T>(
    interests: &[Interest],
    topics: &BTreeMap<InterestId, T>,
) -> BTreeMap<InterestId, Localised> {
    let talked = interests
        .iter()
        .filter(|interest| topics.contains_key(&interest.id));
    talked
        .map(|interest| (interest.id.clone(), interest.label.clone()))
        .collect()
}

impl Report {
    /// The current shape of the record.
    pub const SCHEMA: u8 = 2;

    /// Judges the numbers of a week against the playbook and the weeks before.
    pub fn build(
        community: &Community,
        rules: Judging<'_>,
        numbers: Numbers,
        history: History,
        revision: Revision,
        generated_at: Timestamp,
    ) -> Self {
        let targets = rules.targets.at(numbers.first_observed, numbers.as_of);
        let week = Judged {
            numbers: &numbers,
            targets: &targets,
            health: &rules.report.health,
            history: &history,
        };
        let (light, light_reasons) = judge(&week);
        Self {
            schema: Self::SCHEMA,
            community: community.id.clone(),
            name: community.name.clone(),
            week: numbers.week,
            as_of: numbers.as_of,
            revision,
            generated_at,
            zone: community.zone.clone(),
            zone_before: None,
            locale: community.locale,
            light,
            focus: focus(&week, &light_reasons),
            light_reasons,
            anomalies: anomalies(&numbers, &history),
            expected_mix: expected(rules.report.mix),
            steps: rules.steps.to_vec(),
            topics: named(rules.interests, &numbers.talk.topics),
            trials: Trials::default(),
            numbers,
            targets,
            history,
        }
    }

    /// With what came of the trials.
    #[must_use]
    pub fn with_trials(self, trials: Trials) -> Self {
        Self { trials, ..self }
    }

    /// With the zone that its days began in, if that is another one.
    #[must_use]
    pub fn with_zone_before(self, zone_before: Option<Zone>) -> Self {
        Self {
            zone_before,
            ..self
        }
    }

    /// The record as it is stored.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        Ok(json)
    }

    /// Reads a stored record.
    pub fn from_json(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }

    /// What later weeks are held against, and what the index of weeks shows.
    pub fn figures(&self) -> Figures {
        Figures {
            verdict: Some(Verdict {
                light: self.light,
                revision: self.revision,
            }),
            ..Figures::of(&self.numbers)
        }
    }

    /// One self-contained page: no script, nothing from the network. `index` is where the page of all
    /// weeks is, relative to this one. The error of a chart that could not be drawn.
    pub fn to_html(&self, locale: Locale, index: &str) -> Result<String, ChartError> {
        super::html::page(self, locale, index)
    }

    /// An aligned table for terminals.
    pub fn to_text(&self, locale: Locale) -> String {
        super::terminal::table(self, locale)
    }

    /// The values of the message `report.weekly`, in the report's language: everything but
    /// `report.url`, which only the place of storage knows, and `community.name`. Where there are fewer
    /// than three things to look at, the others have no value.
    pub fn values(&self) -> BTreeMap<String, String> {
        let mut values: BTreeMap<String, String> = definitions()
            .flat_map(|definition| self.values_of(definition))
            .collect();
        let mut set = |name: &str, value: String| values.insert(name.to_owned(), value);
        set("report.week", self.week.to_string());
        set("report.range", self.range(self.locale));
        set(
            "report.light",
            self.light.name().get(self.locale).to_owned(),
        );
        set("report.light_reason", self.light_reason(self.locale));
        for (name, focus) in ["focus.first", "focus.second", "focus.third"]
            .into_iter()
            .zip(&self.focus)
        {
            set(name, focus.text(self.locale));
        }
        values
    }

    /// `kpi.…`, `delta.…` and `target.…` of one number, as far as texts may use them.
    fn values_of(&self, definition: &Definition) -> impl Iterator<Item = (String, String)> + use<> {
        let name = definition.public_name();
        let sample = definition
            .sample(&self.numbers)
            .map(|sample| Unit::Members.format(sample as f64, self.locale));
        let pairs = [
            (
                format!("kpi.{name}"),
                self.marked(definition, self.shown(definition, self.locale)),
            ),
            (
                format!("kpi.{name}_n"),
                sample.unwrap_or_else(|| UNKNOWN.to_owned()),
            ),
            (
                format!("delta.{name}"),
                self.marked(definition, self.shown_delta(definition, self.locale)),
            ),
            (
                format!("target.{name}"),
                self.shown_target(definition, self.locale),
            ),
        ];
        pairs.into_iter().filter(|(name, _)| unset(name).is_some())
    }

    /// What is below its minimum sample, with a mark: a message has no grey.
    fn marked(&self, definition: &Definition, shown: String) -> String {
        let few = shown != UNKNOWN && definition.is_below_sample(&self.numbers);
        if few { shown + "?" } else { shown }
    }

    /// The value in its unit; money with its currency: `31.2%`, `TWD 1,290`.
    pub(super) fn shown(&self, definition: &Definition, locale: Locale) -> String {
        let Some(value) = definition.value(&self.numbers) else {
            return UNKNOWN.to_owned();
        };
        let shown = definition.unit.format(value, locale);
        let currency = self.numbers.orders.currency.as_ref();
        match currency.filter(|_| definition.unit == Unit::Money) {
            Some(currency) => format!("{currency} {shown}"),
            None => shown,
        }
    }

    pub(super) fn shown_delta(&self, definition: &Definition, locale: Locale) -> String {
        let before = self.history.figure(self.week.plus(-1), definition.key);
        self.shown_against(definition, before, locale)
    }

    /// The difference to the mean of the four weeks before.
    pub(super) fn shown_against_mean(&self, definition: &Definition, locale: Locale) -> String {
        let mean = self.history.mean4(self.week, definition.key);
        self.shown_against(definition, mean, locale)
    }

    fn shown_against(
        &self,
        definition: &Definition,
        before: Option<f64>,
        locale: Locale,
    ) -> String {
        let value = definition.value(&self.numbers);
        let delta = value.zip(before).map(|(value, before)| value - before);
        delta.map_or_else(
            || UNKNOWN.to_owned(),
            |delta| definition.unit.format_delta(delta, locale),
        )
    }

    pub(super) fn shown_target(&self, definition: &Definition, locale: Locale) -> String {
        definition.target(&self.targets).map_or_else(
            || UNKNOWN.to_owned(),
            |target| definition.unit.format(target, locale),
        )
    }

    /// From Monday to the last day that counts, whether that is the last word, and what is to be known of
    /// the numbers: where the week stands, in the message and on the terminal, that stands, too.
    pub(super) fn range(&self, locale: Locale) -> String {
        let (from, until) = (date(self.week.monday(), locale), date(self.as_of, locale));
        let revision = self.revision.name().get(locale);
        let (range, comma) = match locale {
            Locale::ZhHant | Locale::ZhHans => (format!("{from}–{until}，{revision}"), "，"),
            Locale::En => (format!("{from} – {until}, {revision}"), ", "),
        };
        let marks = self.marks(locale).into_iter();
        let marks: String = marks.map(|mark| [comma, "⚠ ", &mark].concat()).collect();
        range + &marks
    }

    /// Why the numbers are not all that they should be, each a sentence without its full stop; nothing, as a
    /// rule.
    pub(super) fn marks(&self, locale: Locale) -> Vec<String> {
        let missing = &self.numbers.unreadable;
        let missing = (!missing.is_none()).then(|| missing.text(locale));
        let moved = self.zone_before.as_ref();
        let moved = moved.map(|before| moved_text(before, &self.zone, locale));
        missing.into_iter().chain(moved).collect()
    }

    pub(super) fn light_reason(&self, locale: Locale) -> String {
        reasons(self.light, &self.light_reasons, locale)
    }
}

fn moved_text(before: &Zone, zone: &Zone, locale: Locale) -> String {
    let (before, zone) = (before.name(), zone.name());
    match locale {
        Locale::ZhHant => format!(
            "社群的時區由 {before} 改為 {zone}：前後兩段的一天起訖不同，以日計的數字可能相差一天"
        ),
        Locale::ZhHans => format!(
            "社群的时区由 {before} 改为 {zone}：前后两段的一天起止不同，按日统计的数字可能相差一天"
        ),
        Locale::En => format!(
            "the community moved from {before} to {zone}: days before and after it begin at other hours, and what is counted by day may be off by one"
        ),
    }
}

/// By the names of the segments, silence as one.
fn expected(mix: ExpectedMix) -> BTreeMap<String, f64> {
    [
        ("core", mix.core),
        ("active", mix.active),
        ("potential", mix.potential),
        ("silent", mix.silent),
    ]
    .map(|(name, share)| (name.to_owned(), share))
    .into()
}

#[cfg(test)]
mod documented;
#[cfg(test)]
mod tests;
