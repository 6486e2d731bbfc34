//! A text that no platform cuts off: each one is measured, filled with samples.

use super::{Class, Text, sample};
use crate::locale::Locale;
use crate::platform::Platform;
use crate::platform::limits::Most;
use crate::text::Template;
use crate::toml_check::Item;

/// Which limit of a platform a message goes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooLong {
    /// Whose.
    pub platform: Platform,
    /// How long the text is, in the platform's unit.
    pub length: usize,
    /// How long it may be.
    pub most: Most,
}

/// The platforms for which a rendered text is too long.
pub fn too_long(rendered: &str, class: Class) -> Vec<TooLong> {
    let over = |platform: Platform| {
        let most = limit(platform, class)?;
        let length = most.unit.measure(rendered);
        (length > most.number).then_some(TooLong {
            platform,
            length,
            most,
        })
    };
    Platform::ALL.into_iter().filter_map(over).collect()
}

/// What a platform takes of a text of a class.
pub fn limit(platform: Platform, class: Class) -> Option<Most> {
    let limits = platform.limits();
    match class {
        Class::Answer | Class::Service | Class::Promo => limits.text,
        Class::Ops => limits.ops_text,
    }
}

/// Reports a text that is too long for a platform, once for each, in its longest language.
pub(super) fn check(item: &Item<'_>, text: &Text) {
    let rendered = Locale::ALL.map(|locale| {
        let template = Template::compile(text.body.get(locale)).ok()?;
        let rendered = template.render(&sample::values(locale)).ok()?;
        Some((locale, rendered))
    });
    let mut found: Vec<(Locale, TooLong)> = Vec::new();
    for (locale, rendered) in rendered.into_iter().flatten() {
        for over in too_long(&rendered, text.class) {
            match found
                .iter_mut()
                .find(|(_, known)| known.platform == over.platform)
            {
                Some(known) if known.1.length < over.length => *known = (locale, over),
                Some(_) => {}
                None => found.push((locale, over)),
            }
        }
    }
    for (locale, over) in found {
        item.problem(format_args!(
            "expected at most {} {} for {}, as the text goes out: {locale} has {}",
            over.most.number,
            over.most.unit.name(),
            over.platform,
            over.length
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::Playbook;

    fn problems_with(words: &str) -> Vec<String> {
        let text = "Nothing to prepare: introduce yourself";
        assert!(Playbook::DEFAULT_TOML.contains(text));
        let toml = Playbook::DEFAULT_TOML.replace(text, words);
        let problems = Playbook::parse(&toml).err().unwrap_or_default();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_text_that_is_too_long_names_every_platform_and_its_limit() {
        let line = Playbook::DEFAULT_TOML
            .lines()
            .position(|line| line == "[texts.\"onboarding.day-6\"]")
            .unwrap()
            + 1;
        let key = format!("line {line}: texts.\"onboarding.day-6\": expected at most");
        assert!(problems_with(&"a".repeat(1600)).is_empty());
        assert_eq!(
            problems_with(&"a".repeat(1999)),
            [format!(
                "{key} 2000 characters for discord, as the text goes out: en has 2226"
            )]
        );
        let of_many = problems_with(&"字".repeat(1500));
        assert_eq!(of_many.len(), 1, "{of_many:?}");
        assert!(of_many[0].starts_with(&format!("{key} 4000 bytes for wecom")));
        let of_all = problems_with(&"字".repeat(45_000));
        let platforms = ["slack", "telegram", "line", "discord", "wecom", "feishu"];
        assert_eq!(of_all.len(), platforms.len(), "{of_all:?}");
        for (problem, platform) in of_all.iter().zip(platforms) {
            assert!(problem.contains(&format!(" for {platform}, ")), "{problem}");
        }
    }

    #[test]
    fn operators_have_a_limit_of_their_own() {
        let text = "a".repeat(3000);
        let platforms = |class| {
            let over = too_long(&text, class).into_iter();
            over.map(|one| one.platform).collect::<Vec<_>>()
        };
        assert_eq!(platforms(Class::Service), [Platform::Discord]);
        assert_eq!(platforms(Class::Ops), [Platform::Discord, Platform::Wecom]);
    }
}
