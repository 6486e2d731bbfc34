//! From a playbook's text to what a member reads: placeholders filled in, lines without a value
//! left out, buttons in the member's language.
//!
//! A template is plain text with `{{placeholders}}` and nothing else: no conditions, no loops, no
//! filters. What has to vary is another text, or a line that goes when its value is missing.

mod format;
mod named;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use crate::community::{Community, Content, Gift, Offer, Topic};
use crate::coupon::Codes;
use crate::days::LocalDay;
use crate::ids::{MessageKind, VariantId};
use crate::locale::Locale;
use crate::playbook::placeholders::{Unset, unset};
use crate::playbook::{Class, Playbook, Text};

pub use format::{
    date, discount, length, moment, month_name, names, number, percent, percentage_points,
};
pub use named::{fill_in_names, member_token, members_named};

/// Why a text could not be rendered. Names placeholders and kinds, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A placeholder that the text cannot do without has no value.
    #[error("no value for {{{{{placeholder}}}}}")]
    Missing {
        /// Which: `gift.code`.
        placeholder: String,
    },
    /// The playbook has no such text.
    #[error("the playbook has no text {kind}")]
    NoText {
        /// Its kind.
        kind: MessageKind,
    },
    /// The template itself is wrong. [`Playbook::parse`] lets no such text pass.
    #[error("line {line} of the text is no template: {reason}")]
    Template {
        /// Line within the text, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The values of placeholders. Prints names only: values are about members.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<String, String>);

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Values {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        values
            .into_iter()
            .fold(Self::new(), |all, (name, value)| all.set(name, value))
    }
}

impl<N: Into<String>, V: Into<String>> Extend<(N, V)> for Values {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, values: I) {
        self.0.extend(
            values
                .into_iter()
                .map(|(name, value)| (name.into(), value.into())),
        );
    }
}

impl Values {
    /// No values yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value, over an earlier one. White space alone counts as no value.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// Sets `community.name` and whatever the community's `[about]` says.
    #[must_use]
    pub fn community(self, community: &Community, locale: Locale) -> Self {
        let named = self.set("community.name", &community.name);
        community.about.iter().fold(named, |values, (name, value)| {
            values.set(name, value.get(locale))
        })
    }

    /// Sets `topic.*`.
    #[must_use]
    pub fn topic(self, topic: &Topic, locale: Locale) -> Self {
        self.set("topic.title", topic.title.get(locale))
            .set("topic.question", topic.question.get(locale))
            .set("topic.url", topic.url.as_deref().unwrap_or_default())
    }

    /// Sets `content.*`.
    #[must_use]
    pub fn content(self, content: &Content, locale: Locale) -> Self {
        let summary = content
            .summary
            .as_ref()
            .map_or("", |summary| summary.get(locale));
        self.set("content.title", content.title.get(locale))
            .set("content.summary", summary)
            .set("content.question", content.question.get(locale))
            .set("content.url", &content.url)
    }

    /// Sets `gift.*`. `expires_on` is the last day of the code, in the member's zone. The code
    /// only if it is the same for all: any other is given when the message goes out.
    #[must_use]
    pub fn gift(self, gift: &Gift, expires_on: LocalDay, locale: Locale) -> Self {
        self.set("gift.items", gift.items.get(locale))
            .set("gift.url", &gift.url)
            .set("gift.expires_on", date(expires_on, locale))
            .shared_code("gift.code", &gift.codes)
    }

    /// Sets `offer.*`, the code as with [`Values::gift`].
    #[must_use]
    pub fn offer(self, offer: &Offer, expires_on: LocalDay, locale: Locale) -> Self {
        self.set("offer.label", discount(offer.percent_off, locale))
            .set("offer.expires_on", date(expires_on, locale))
            .shared_code("offer.code", &offer.codes)
    }

    fn shared_code(self, name: &str, codes: &Codes) -> Self {
        match codes {
            Codes::Shared(code) => self.set(name, code),
            Codes::Pool(_) | Codes::Generated { .. } => self,
        }
    }

    /// Sets a value where there is none.
    fn or(mut self, name: &str, value: impl Into<String>) -> Self {
        if self.get(name).is_none() {
            self.0.insert(name.to_owned(), value.into());
        }
        self
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
    }
}

/// A template, compiled.
#[derive(Debug)]
pub struct Template {
    // Each line is a template of its own, named by its place: a line that goes must not be
    // evaluated, since its other placeholders may have no values either.
    env: Environment<'static>,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    source: String,
    placeholders: BTreeSet<String>,
}

impl Template {
    /// Compiles a text. The error names the first line that is wrong.
    pub fn compile(source: &str) -> Result<Self, RenderError> {
        // An empty environment: no filters, functions or escaping to stumble over.
        let mut env = Environment::empty();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut lines = Vec::new();
        for (at, source) in source.trim_end().lines().enumerate() {
            let placeholders =
                compile_line(&mut env, at, source).map_err(|reason| RenderError::Template {
                    line: at + 1,
                    reason,
                })?;
            lines.push(Line {
                source: source.to_owned(),
                placeholders,
            });
        }
        Ok(Self { env, lines })
    }

    /// The placeholders it uses.
    pub fn placeholders(&self) -> BTreeSet<&str> {
        self.lines
            .iter()
            .flat_map(|line| &line.placeholders)
            .map(String::as_str)
            .collect()
    }

    /// The text with its values, without the lines that lack theirs.
    pub fn render(&self, values: &Values) -> Result<String, RenderError> {
        self.fill(values, false)
    }

    /// As [`Template::render`]; with `dashes`, what is required but missing is a dash.
    fn fill(&self, values: &Values, dashes: bool) -> Result<String, RenderError> {
        let mut text = Vec::with_capacity(self.lines.len());
        for (at, line) in self.lines.iter().enumerate() {
            if line.placeholders.is_empty() {
                text.push(line.source.clone());
                continue;
            }
            let drops =
                |name: &String| unset(name) == Some(Unset::DropLine) && values.get(name).is_none();
            if line.placeholders.iter().any(drops) {
                continue;
            }
            let mut context: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
            for name in &line.placeholders {
                let (family, field) = name.split_once('.').unwrap_or((name, ""));
                context
                    .entry(family)
                    .or_default()
                    .insert(field, value_of(name, values, dashes)?);
            }
            let rendered = self
                .env
                .get_template(&at.to_string())
                .and_then(|template| template.render(Serde(&context)))
                .map_err(|error| RenderError::Template {
                    line: at + 1,
                    reason: reason(&error),
                })?;
            let rendered = rendered.trim_end();
            if !rendered.is_empty() {
                text.push(rendered.to_owned());
            }
        }
        Ok(text.join("\n").trim_end().to_owned())
    }
}

/// Compiles one line under its number and answers its placeholders.
fn compile_line(
    env: &mut Environment<'static>,
    at: usize,
    source: &str,
) -> Result<BTreeSet<String>, String> {
    if source.contains("{%") || source.contains("{#") {
        return Err("only {{placeholders}} are known, not {% … %} or {# … #}".to_owned());
    }
    if !source.contains("{{") {
        return Ok(BTreeSet::new());
    }
    let name = at.to_string();
    env.add_template_owned(name.clone(), source.to_owned())
        .map_err(|error| reason(&error))?;
    let template = env.get_template(&name).map_err(|error| reason(&error))?;
    let placeholders: BTreeSet<String> = template.undeclared_variables(true).into_iter().collect();
    // What is left of the line without its bare placeholders holds no other expression.
    let bare = source.split("{{").skip(1).all(|part| {
        part.split_once("}}")
            .is_some_and(|(inner, _)| placeholders.contains(inner.trim()))
    });
    if bare {
        Ok(placeholders)
    } else {
        Err("expected a bare name between {{ and }}".to_owned())
    }
}

/// Why a line is no template. The engine's details quote the template, never a value.
fn reason(error: &minijinja::Error) -> String {
    error
        .detail()
        .map_or_else(|| error.kind().to_string(), ToOwned::to_owned)
}

fn value_of<'v>(name: &str, values: &'v Values, dashes: bool) -> Result<&'v str, RenderError> {
    if let Some(value) = values.get(name) {
        return Ok(value);
    }
    match unset(name) {
        Some(Unset::Blank) => Ok(""),
        Some(Unset::Dash) => Ok("–"),
        Some(Unset::Required | Unset::DropLine | Unset::Default) | None if dashes => Ok("–"),
        Some(Unset::Required | Unset::DropLine | Unset::Default) | None => {
            Err(RenderError::Missing {
                placeholder: name.to_owned(),
            })
        }
    }
}

/// Renders a template once. To send the same text many times, compile it: [`Templates`].
pub fn render(template: &str, values: &Values) -> Result<String, RenderError> {
    Template::compile(template)?.render(values)
}

/// A message as it leaves us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What the member reads.
    pub text: String,
    /// Label and value of each button, in order; none where the platform has no buttons.
    pub buttons: Vec<(String, String)>,
}

/// How a message's options are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Options {
    /// As buttons.
    Buttons,
    /// As numbered lines; the number is the answer.
    Numbers,
    /// Not at all: nobody would see the answer.
    Nothing,
}

/// A text of a playbook: its kind, the variant of it that is tried, and the language.
type Which = (MessageKind, Option<VariantId>, Locale);

/// The texts of one playbook, each compiled when it is first sent: few of them ever are, and all of them would
/// be most of the messenger's memory.
#[derive(Debug, Default)]
pub struct Templates(Mutex<HashMap<Which, Arc<Template>>>);

impl Templates {
    /// As [`render_message`], from the compiled text. `playbook` must be one and the same in all calls: its
    /// texts are kept. A variant that it does not have is the text's own body.
    pub fn render_message(
        &self,
        playbook: &Playbook,
        (kind, variant): (&MessageKind, Option<&VariantId>),
        locale: Locale,
        values: &Values,
        options: Options,
    ) -> Result<Rendered, RenderError> {
        let text = playbook
            .text(kind)
            .ok_or_else(|| RenderError::NoText { kind: kind.clone() })?;
        let tried = variant.and_then(|id| text.variants.iter().find(|tried| tried.id == *id));
        let which = (kind.clone(), tried.map(|tried| tried.id.clone()), locale);
        let body = tried.map_or(&text.body, |tried| &tried.body);
        let template = self.compiled(which, body.get(locale))?;
        assemble(playbook, text, &template, locale, values, options)
    }

    fn compiled(&self, which: Which, source: &str) -> Result<Arc<Template>, RenderError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&which) {
            return Ok(known.clone());
        }
        let template = Arc::new(Template::compile(source)?);
        kept.insert(which, template.clone());
        Ok(template)
    }
}

/// Renders a message of the playbook with its buttons. Words of the playbook (`opt_out.line`,
/// `check_in.keyword`, a name for the nameless, …) need not be among the values.
///
/// In messages to the operators whatever is missing is a dash: a notice with a gap is worth more
/// than none.
pub fn render_message(
    playbook: &Playbook,
    kind: &MessageKind,
    locale: Locale,
    values: &Values,
    options: Options,
) -> Result<Rendered, RenderError> {
    let text = playbook
        .text(kind)
        .ok_or_else(|| RenderError::NoText { kind: kind.clone() })?;
    let template = Template::compile(text.body.get(locale))?;
    assemble(playbook, text, &template, locale, values, options)
}

fn assemble(
    playbook: &Playbook,
    text: &Text,
    template: &Template,
    locale: Locale,
    values: &Values,
    shown: Options,
) -> Result<Rendered, RenderError> {
    let values = with_defaults(playbook, locale, values)?;
    let body = template.fill(&values, text.class == Class::Ops)?;
    let buttons = options(playbook, text, locale);
    let (text, buttons) = match shown {
        Options::Buttons => (body, buttons),
        Options::Nothing => (body, Vec::new()),
        Options::Numbers if buttons.is_empty() => (body, buttons),
        Options::Numbers => {
            let mut lines = vec![body];
            for (number, (label, _)) in (1..).zip(&buttons) {
                lines.push(format!("{number} {label}"));
            }
            lines.push(playbook.reply_hint.get(locale).to_owned());
            (lines.join("\n"), Vec::new())
        }
    };
    Ok(Rendered { text, buttons })
}

/// Label and value of a message's options, in order: the playbook's interests first, if the text
/// asks for them, then its gifts in the same way. Where a platform has no buttons, the number `n` answers the `n`th (from 1).
pub fn options(playbook: &Playbook, text: &Text, locale: Locale) -> Vec<(String, String)> {
    let interests = playbook.interests.iter().filter(|_| text.interest_buttons);
    let interests =
        interests.map(|i| (i.label.get(locale).to_owned(), format!("interest:{}", i.id)));
    let own = text
        .buttons
        .iter()
        .map(|b| (b.label.get(locale).to_owned(), b.value.clone()));
    let gifts = playbook.gifts.iter().filter(|_| text.gift_buttons);
    let gifts = gifts.map(|g| (g.name.get(locale).to_owned(), format!("redeem:{}", g.id)));
    interests.chain(gifts).chain(own).collect()
}

fn with_defaults(
    playbook: &Playbook,
    locale: Locale,
    values: &Values,
) -> Result<Values, RenderError> {
    let helper = playbook.helper.get(locale);
    let values = values
        .clone()
        .or("member.name", playbook.nameless.get(locale))
        .or("member.freezes", "0")
        .or("bot.name", helper)
        .or("operator.name", helper)
        .or("care.days", "30")
        .or("sla.hours", "24")
        .or("check_in.keyword", playbook.check_in_word.get(locale))
        .or("opt_out.keyword", playbook.opt_out_word.get(locale));
    let line = render(playbook.opt_out_line.get(locale), &values)?;
    Ok(values.or("opt_out.line", line))
}

#[cfg(test)]
mod tests;
