//! A text as a platform would show it, filled with samples.

use super::{Playbook, limits, sample};
use crate::ids::MessageKind;
use crate::locale::Locale;
use crate::platform::Platform;
use crate::platform::limits::{Most, Unit};
use crate::text::{RenderError, Rendered, render_message};

/// One text in one language on one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The language.
    pub locale: Locale,
    /// The platform.
    pub platform: Platform,
    /// Text and buttons; numbered options where the platform has no buttons.
    pub message: Rendered,
    /// The platform's limit of the text.
    pub most: Option<Most>,
    /// The platform's limit of buttons.
    pub most_buttons: Option<usize>,
}

impl Preview {
    /// Length of the text in what the platform counts, characters where it counts nothing.
    pub fn length(&self) -> (usize, Unit) {
        let unit = self.most.map_or(Unit::Characters, |most| most.unit);
        (unit.measure(&self.message.text), unit)
    }

    /// Whether all of it arrives.
    pub fn fits(&self) -> bool {
        let text = self.most.is_none_or(|most| self.length().0 <= most.number);
        let buttons = self
            .most_buttons
            .is_none_or(|most| self.message.buttons.len() <= most);
        text && buttons
    }
}

impl Playbook {
    /// A text as it would arrive. The words of this playbook (its opt-out line, its word for a
    /// check-in) stand in it, samples for everything else.
    pub fn preview(
        &self,
        kind: &MessageKind,
        locale: Locale,
        platform: Platform,
    ) -> Result<Preview, RenderError> {
        let text = self
            .text(kind)
            .ok_or_else(|| RenderError::NoText { kind: kind.clone() })?;
        let own = [
            ("opt_out.keyword", self.opt_out_word.get(locale)),
            ("check_in.keyword", self.check_in_word.get(locale)),
            // White space is no value: the playbook's own line is rendered instead.
            ("opt_out.line", ""),
        ];
        let mut values = sample::values(locale);
        values.extend(own);
        let options = platform.capabilities().options();
        Ok(Preview {
            locale,
            platform,
            message: render_message(self, kind, locale, &values, options)?,
            most: limits::limit(platform, text.class),
            most_buttons: platform.limits().buttons,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default() -> Playbook {
        Playbook::parse(Playbook::DEFAULT_TOML).unwrap()
    }

    #[test]
    fn every_text_of_the_default_playbook_fits_everywhere() {
        let playbook = default();
        for kind in playbook.texts.keys() {
            for locale in Locale::ALL {
                for platform in Platform::ALL {
                    let preview = playbook.preview(kind, locale, platform).unwrap();
                    assert!(preview.fits(), "{kind} {locale} {platform}");
                    assert!(!preview.message.text.contains("{{"), "{kind} {locale}");
                }
            }
        }
    }

    #[test]
    fn options_are_left_out_where_no_answer_would_be_seen() {
        let playbook = default();
        let kind = MessageKind::new("onboarding.day-2").unwrap();
        let slack = playbook
            .preview(&kind, Locale::En, Platform::Slack)
            .unwrap();
        assert_eq!(slack.message.buttons.len(), 2);
        let wecom = playbook
            .preview(&kind, Locale::En, Platform::Wecom)
            .unwrap();
        assert!(wecom.message.buttons.is_empty());
        // Nobody would see the number that a member answers there.
        assert!(!wecom.message.text.contains("Done"));
    }

    #[test]
    fn the_playbooks_own_words_stand_in_it() {
        let toml = Playbook::DEFAULT_TOML.replace("Rather not hear from us?", "Enough?");
        let playbook = Playbook::parse(&toml).unwrap();
        let kind = MessageKind::new("onboarding.day-4").unwrap();
        let preview = playbook
            .preview(&kind, Locale::En, Platform::Slack)
            .unwrap();
        assert!(preview.message.text.ends_with("Enough? Reply \"stop\"."));
    }

    #[test]
    fn more_buttons_than_a_platform_takes_do_not_fit() {
        let buttons = (0..14)
            .map(|n| format!("{{ value = \"b{n}\", label = \"{n}\" }}"))
            .collect::<Vec<_>>()
            .join(", ");
        let toml = Playbook::DEFAULT_TOML.replacen(
            "[texts.\"onboarding.day-3\"]\nclass = \"service\"",
            &format!("[texts.\"onboarding.day-3\"]\nclass = \"service\"\nbuttons = [{buttons}]"),
            1,
        );
        let playbook = Playbook::parse(&toml).unwrap();
        let kind = MessageKind::new("onboarding.day-3").unwrap();
        let fits = |platform| {
            playbook
                .preview(&kind, Locale::En, platform)
                .unwrap()
                .fits()
        };
        assert!(fits(Platform::Slack));
        assert!(!fits(Platform::Line));
    }
}
