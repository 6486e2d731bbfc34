//! Reading the texts of a playbook, each with its placeholders held against what we can fill in.

use std::collections::{BTreeMap, BTreeSet};

use super::placeholders::unset;
use super::{Button, Class, Localised, Text, Variant};
use crate::ids::{MessageKind, VariantId};
use crate::locale::Locale;
use crate::text::{RenderError, Template};
use crate::toml_check::{Item, Table, all, languages};

/// LINE's limit for the label of an action.
const MAX_LABEL: usize = 20;
/// Telegram's limit for `callback_data`, in bytes.
const MAX_VALUE: usize = 64;

type Compile = fn(&str) -> Result<BTreeSet<String>, RenderError>;

/// How closely texts are looked at.
#[derive(Clone, Copy)]
pub(super) struct Care {
    /// The placeholders of a text, or what is wrong with it; `None` = nobody asks.
    compile: Option<Compile>,
    /// Sees each text that could be read.
    whole: fn(&Item<'_>, &Text),
}

impl Care {
    /// Templates are compiled, placeholders compared, lengths measured.
    pub(super) const ALL: Self = Self {
        compile: Some(names),
        whole: super::limits::check,
    };
    /// Of a file that all was asked of when it was published.
    pub(super) const NONE: Self = Self {
        compile: None,
        whole: |_, _| (),
    };
}

fn names(text: &str) -> Result<BTreeSet<String>, RenderError> {
    let template = Template::compile(text)?;
    let names = template.placeholders().into_iter();
    Ok(names.map(ToOwned::to_owned).collect())
}

/// Every text by its kind, and all kinds that the file names, the broken ones too.
pub(super) fn texts(
    item: &Item<'_>,
    care: Care,
) -> (BTreeSet<String>, Option<BTreeMap<MessageKind, Text>>) {
    let mut known = BTreeSet::new();
    let Some(table) = item.table("a table [texts]") else {
        return (known, None);
    };
    let texts = all(table.entries().map(|(name, item)| {
        known.insert(name.to_owned());
        let kind = name.parse::<MessageKind>();
        if let Err(error) = &kind {
            item.problem(error);
        }
        let text = text(&item, care)?;
        (care.whole)(&item, &text);
        Some((kind.ok()?, text))
    }));
    (known, texts.map(|texts| texts.into_iter().collect()))
}

fn text(item: &Item<'_>, care: Care) -> Option<Text> {
    let mut table = item.table("a table")?;
    let class = class(&table.need("class"));
    let critical = table
        .get("critical")
        .and_then(|item| item.flag())
        .unwrap_or_default();
    let interest_buttons = table
        .get("interest_buttons")
        .and_then(|item| item.flag())
        .unwrap_or_default();
    let gift_buttons = table
        .get("gift_buttons")
        .and_then(|item| item.flag())
        .unwrap_or_default();
    let buttons = table
        .get("buttons")
        .and_then(|list| buttons(&list))
        .unwrap_or_default();
    let body = body(&mut table, class, care);
    let variants = table
        .get("variants")
        .and_then(|list| variants(&list, class, body.as_ref(), care))
        .unwrap_or_default();
    table.finish();
    Some(Text {
        class: class?,
        critical,
        body: body?,
        variants,
        buttons,
        interest_buttons,
        gift_buttons,
    })
}

fn class(item: &Item<'_>) -> Option<Class> {
    match item.as_str() {
        Some("answer") => Some(Class::Answer),
        Some("service") => Some(Class::Service),
        Some("promo") => Some(Class::Promo),
        Some("ops") => Some(Class::Ops),
        Some(_) | None => item.expected("one of answer, service, promo, ops"),
    }
}

/// The text itself: `text` for all languages, or one key for each.
fn body(table: &mut Table<'_>, class: Option<Class>, care: Care) -> Option<Localised> {
    if let Some(item) = table.get("text") {
        let text = item.text("a text")?;
        check(&item, &text, class, care);
        return Some(Localised {
            zh_hant: text.clone(),
            zh_hans: text.clone(),
            en: text,
        });
    }
    let items = languages(table);
    let texts = items.each_ref().map(|item| item.text("a text"));
    let used = [0, 1, 2].map(|at: usize| {
        let (item, text) = (items.get(at)?, texts.get(at)?.as_deref()?);
        check(item, text, class, care)
    });
    same_placeholders(&items, &used);
    let [Some(zh_hant), Some(zh_hans), Some(en)] = texts else {
        return None;
    };
    Some(Localised {
        zh_hant,
        zh_hans,
        en,
    })
}

/// Other bodies: each with an id of its own and the placeholders of the first.
fn variants(
    list: &Item<'_>,
    class: Option<Class>,
    own: Option<&Localised>,
    care: Care,
) -> Option<Vec<Variant>> {
    let mut seen = BTreeSet::new();
    let used = |body: &Localised| (care.compile?)(&body.zh_hant).ok();
    all(list.list("a list of variants")?.iter().map(|item| {
        let mut table = item.table("a table with id and a text in three languages")?;
        let id_item = table.need("id");
        let id: Option<VariantId> = id_item.id();
        let body = body(&mut table, class, care);
        table.finish();
        if let Some(id) = id.clone().filter(|id| !seen.insert(id.clone())) {
            id_item.problem(format_args!(
                "expected an id that no other variant has, found \"{id}\" again"
            ));
        }
        let body = body?;
        // What differs should be the words: a variant that lacks the link is no fair trial.
        if let (Some(own), Some(others)) = (own.and_then(used), used(&body))
            && own != others
        {
            item.problem("expected the placeholders of the text itself, and no others");
        }
        Some(Variant { id: id?, body })
    }))
}

/// Checks one language of a text and answers its placeholders, if all is well with them.
fn check(
    item: &Item<'_>,
    text: &str,
    class: Option<Class>,
    care: Care,
) -> Option<BTreeSet<String>> {
    let used = placeholders(item, text, care)?;
    if class == Some(Class::Promo) && !used.contains("opt_out.line") {
        item.problem("expected {{opt_out.line}}, as in every promo text");
    }
    Some(used)
}

/// Checks the line under promotional texts, which is filled in before they are.
pub(super) fn check_line(item: &Item<'_>, line: &Localised, care: Care) {
    for locale in Locale::ALL {
        for name in placeholders(item, line.get(locale), care)
            .into_iter()
            .flatten()
        {
            if name != "opt_out.keyword" {
                item.problem(format_args!(
                    "expected no placeholder but {{{{opt_out.keyword}}}}, found {{{{{name}}}}}"
                ));
            }
        }
    }
}

fn placeholders(item: &Item<'_>, text: &str, care: Care) -> Option<BTreeSet<String>> {
    let used = match (care.compile?)(text) {
        Ok(used) => used,
        Err(RenderError::Template { line, reason }) => {
            let part = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            item.problem_at(part, reason);
            return None;
        }
        Err(RenderError::Missing { .. } | RenderError::NoText { .. }) => return None,
    };
    let mut known = true;
    for name in used.iter().filter(|name| unset(name).is_none()) {
        item.problem_at(name, format_args!("unknown placeholder {{{{{name}}}}}"));
        known = false;
    }
    // A misspelt name would be missed a second time, in this language or in all others.
    known.then_some(used)
}

/// The same placeholders stand in all three languages; the first one is the measure.
fn same_placeholders(items: &[Item<'_>; 3], used: &[Option<BTreeSet<String>>; 3]) {
    let [Some(measure), others @ ..] = used else {
        return;
    };
    for (item, used) in items.iter().skip(1).zip(others) {
        let Some(used) = used else { continue };
        for name in measure.difference(used) {
            item.problem(format_args!("expected {{{{{name}}}}}, as in zh-Hant"));
        }
        for name in used.difference(measure) {
            item.problem_at(
                name,
                format_args!("expected no {{{{{name}}}}}, as in zh-Hant"),
            );
        }
    }
}

fn buttons(item: &Item<'_>) -> Option<Vec<Button>> {
    all(item.list("a list of buttons")?.iter().map(|item| {
        let mut table = item.table("a table with value and label")?;
        let value_item = table.need("value");
        let value = match value_item.as_str() {
            Some(value) if (1..=MAX_VALUE).contains(&value.trim().len()) => {
                Some(value.trim().to_owned())
            }
            Some(_) | None => {
                value_item.expected(format_args!("a value of 1 to {MAX_VALUE} bytes"))
            }
        };
        let label = label(&table.need("label"));
        table.finish();
        Some(Button {
            value: value?,
            label: label?,
        })
    }))
}

/// The label of a button, short enough for every platform.
pub(super) fn label(item: &Item<'_>) -> Option<Localised> {
    let label = item.localised()?;
    for locale in Locale::ALL {
        let text = label.get(locale);
        let length = text.chars().count();
        if length > MAX_LABEL {
            item.problem_at(
                text,
                format_args!(
                    "expected a label of at most {MAX_LABEL} characters, \"{text}\" has {length}"
                ),
            );
            break;
        }
    }
    Some(label)
}
