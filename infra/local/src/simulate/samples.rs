//! The communities that playbooks are tried on.

use hearth_domain::community::Community;
use hearth_domain::playbook::{Playbook, StepWhat};

/// The demo's community, which is also the commented example for operators.
const DEMO: &str = include_str!("../../../playbooks/demo-community.toml");

/// The demo's community, living by a playbook.
pub fn demo_community(playbook: &Playbook) -> String {
    with_playbook(DEMO, playbook)
}

/// A community's file, living by a playbook, whichever it names.
pub fn following(file: &str, community: &Community, playbook: &Playbook) -> String {
    if community.playbook == playbook.id {
        return file.to_owned();
    }
    with_playbook(file, playbook)
}

fn with_playbook(file: &str, playbook: &Playbook) -> String {
    let line = |line: &str| {
        let names = line
            .strip_prefix("playbook")
            .is_some_and(|rest| rest.trim_start().starts_with('='));
        if names {
            format!("playbook = \"{}\"", playbook.id)
        } else {
            line.to_owned()
        }
    };
    file.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A community that has everything a playbook could need: content for every interest and for
/// everybody, as many pieces as the plan has steps for them, a topic, a gift.
pub fn full_community(playbook: &Playbook) -> String {
    let steps = &playbook.onboarding.steps;
    let pieces = steps.iter().filter(|step| step.what == StepWhat::Content);
    let pieces = pieces.count().max(1);
    let interests = playbook.interests.iter().map(|one| Some(one.id.as_str()));
    let mut parts = vec![with_playbook(BASE, playbook)];
    for interest in interests.chain([None]) {
        let interest = interest.map_or(String::new(), |id| format!("interest = \"{id}\"\n"));
        parts.extend((1..=pieces).map(|n| {
            format!(
                "\n[[content]]\n{interest}title = \"An example {n}\"\nquestion = \"What do you think?\"\nurl = \"https://example.invalid/{n}\"\n"
            )
        }));
    }
    parts.concat()
}

const BASE: &str = r#"
id = "sample"
platform = "slack"
name = "Sample"
zone = "Asia/Taipei"
locale = "zh-Hant"
playbook = "default"
workspace = "T123"
home_channel = "C0GENERAL"
topic_channels = ["C0TOPIC"]
ops_channel = "C0OPS"
staff = ["U0BOSS"]

[secrets]
signing_secret = "literal:a-secret-of-the-simulation"
bot_token = "literal:xoxb-simulated"

[about]
value = "An example."
rejoin_url = "https://example.invalid/join"
benefits_summary = "An example of benefits"
benefits_url = "https://example.invalid/benefits"

[topic]
title = "Introductions"
question = "Who are you, in three keywords?"

[gift]
items = "An example of a gift"
code = "SAMPLE"
url = "https://example.invalid/gift"

[[events]]
id = "tea"
title = "An example of an event"
starts = "2026-01-01T20:00"
minutes = 60
weekly = true
url = "https://example.invalid/tea"

[come_back_gift]
items = "An example of a gift"
generate = "BACK-"
url = "https://example.invalid/back"

[offer]
percent_off = 50
generate = "HELLO-"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_communities_that_follow_the_playbook() {
        let toml = Playbook::DEFAULT_TOML.replace("id = \"default\"", "id = \"mine\"");
        let playbook = Playbook::parse(&toml).unwrap();
        for file in [demo_community(&playbook), full_community(&playbook)] {
            let community = Community::parse(&file).unwrap();
            assert_eq!(community.playbook.as_str(), "mine");
            assert!(community.warnings(&playbook).is_empty());
            let again = following(&file, &community, &playbook);
            assert_eq!(again, file);
        }
    }
}
