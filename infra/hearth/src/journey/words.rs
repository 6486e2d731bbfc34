//! What the command says of versions, pilots and pauses.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use hearth_aws::census::Census;
use hearth_aws::journeys::{Overview, Preview};
use hearth_domain::ids::CommunityId;
use hearth_domain::journey::JourneyName;
use hearth_domain::rollout::{MoveTo, Pilot, Policy, Share, Stage};

/// What publishing changes, before it is done or after.
pub(super) fn preview(preview: &Preview, published: bool) -> String {
    let Preview {
        playbook, version, ..
    } = preview;
    let mut text = String::new();
    if preview.unchanged {
        let _ = writeln!(
            text,
            "playbook {playbook} is unchanged: it is version {version} already"
        );
        return text;
    }
    let first = if preview.pilot {
        "about 50 members first"
    } else {
        "all members"
    };
    let _ = writeln!(
        text,
        "playbook {playbook}, version {version}: for {first}; those underway: {}",
        preview.policy.name()
    );
    for (community, census) in &preview.communities {
        write_community(&mut text, preview, community, census);
    }
    if preview.communities.is_empty() {
        let _ = writeln!(text, "  no community follows this playbook");
    }
    if preview.pilot {
        let share = Share::of_first(preview.members());
        let _ = writeln!(
            text,
            "  the pilot: {} of all members, by a stable hash: about {} of {}; the others go on as before",
            percent(share.fraction()),
            about(preview.members(), share),
            preview.members(),
        );
        if share == Share::ALL {
            let _ = writeln!(
                text,
                "  that is everybody: there is nobody to compare with, and its stop rule can't stop it"
            );
        }
    }
    let newcomers = if preview.pilot {
        "newcomers in the pilot begin"
    } else {
        "newcomers begin"
    };
    let _ = writeln!(text, "  {newcomers} with version {version}");
    let last = if published {
        "published; the functions follow it within a minute"
    } else {
        "nothing was published: --yes publishes it"
    };
    let _ = writeln!(text, "{last}");
    text
}

fn write_community(text: &mut String, preview: &Preview, id: &CommunityId, census: &Census) {
    let active = || {
        census
            .plans
            .iter()
            .map(|(version, plans)| (*version, plans.active))
    };
    let underway: u64 = active().map(|(_, active)| active).sum();
    let _ = writeln!(
        text,
        "  {id}: {} members, {underway} underway in the plan",
        census.members
    );
    let share = Share::of_first(preview.members());
    for (version, active) in active().filter(|(_, active)| *active > 0) {
        let who = if preview.pilot && preview.policy != Policy::Pin {
            format!("about {} of {active}", about(active, share))
        } else {
            active.to_string()
        };
        let new = preview.version;
        let fate = match preview.policy {
            Policy::Pin => format!("finish with it, not with version {new}"),
            Policy::Follow => {
                format!("keep its steps and days, and read the texts of version {new}")
            }
            Policy::Migrate => {
                format!("go on with version {new}, after the last step they had")
            }
        };
        let _ = writeln!(text, "    {who} in version {version}: {fate}");
    }
}

fn about(of: u64, share: Share) -> String {
    format!("{:.0}", of as f64 * share.fraction())
}

fn percent(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}

/// The versions of a playbook, newest first, who follows it and what is paused.
pub(super) fn overview(overview: &Overview) -> String {
    let mut text = String::new();
    let Overview {
        playbook, released, ..
    } = overview;
    let _ = writeln!(text, "playbook {playbook}: version {released} is for all");
    if let Some(pilot) = &overview.pilot {
        let _ = writeln!(text, "{}", tried(pilot));
    }
    let _ = writeln!(
        text,
        "\n{:>7}  {:<10}  {:<7}  {:<16}  {:>8}  {:>8}  {:>8}  {:>8}  {:>9}  {:>5}",
        "version",
        "published",
        "members",
        "stage",
        "enrolled",
        "underway",
        "finished",
        "left",
        "opted out",
        "staff"
    );
    for edition in &overview.versions {
        let plans = edition.plans;
        let _ = writeln!(
            text,
            "{:>7}  {:<10}  {:<7}  {:<16}  {:>8}  {:>8}  {:>8}  {:>8}  {:>9}  {:>5}",
            edition.version,
            edition.published.strftime("%Y-%m-%d").to_string(),
            edition.policy.name(),
            edition.stage,
            plans.enrolled(),
            plans.active,
            plans.finished,
            plans.left,
            plans.opted_out,
            plans.staff
        );
    }
    text.push('\n');
    for (community, members) in &overview.members {
        let paused = overview.paused.get(community);
        let paused: Vec<String> = paused
            .into_iter()
            .flatten()
            .map(|(journey, at)| format!("{journey} paused since {at}"))
            .collect();
        let state = if paused.is_empty() {
            "nothing paused".to_owned()
        } else {
            paused.join(", ")
        };
        let _ = writeln!(text, "{community}: {members} members, {state}");
    }
    text
}

fn tried(pilot: &Pilot) -> String {
    let Pilot { version, since, .. } = pilot;
    match (pilot.stage, pilot.verdict) {
        (Stage::First | Stage::Tenth, _) => format!(
            "version {version} is being tried since {since}: {} ({} of all members)",
            pilot.stage.name(),
            percent(pilot.share.fraction())
        ),
        (Stage::Stopped, None) => {
            format!("version {version} was tried, and stopped by an operator")
        }
        (Stage::Stopped, Some(verdict)) => format!(
            "version {version} was stopped by its rule: {} of {} plans ended early",
            verdict.exits, verdict.sample
        ),
    }
}

/// As the local stack reads it.
pub(super) fn to(to: MoveTo) -> &'static str {
    match to {
        MoveTo::Tenth => "10%",
        MoveTo::All => "all",
        MoveTo::Stop => "stop",
    }
}

pub(super) fn moved(to: MoveTo) -> &'static str {
    match to {
        MoveTo::Tenth => {
            "its newest version is tried with 10 % of the members now, and with all who were in already"
        }
        MoveTo::All => "its newest version is for all now",
        MoveTo::Stop => {
            "its newest version is stopped: whoever was in it goes on with the version for all"
        }
    }
}

/// What became of a pause or its end.
pub(super) fn paused(
    community: &CommunityId,
    asked: &BTreeSet<JourneyName>,
    changed: &[String],
    on: bool,
) -> String {
    let mut text = String::new();
    for journey in asked {
        let name = journey.name();
        let new = changed.iter().any(|changed| changed == name);
        let state = match (on, new) {
            (true, true) => "paused; the functions heed it within a minute",
            (true, false) => "was paused already",
            (false, true) => "goes on; what was put off comes within a day",
            (false, false) => "was not paused",
        };
        let _ = writeln!(text, "{community}: {name} {state}");
    }
    text
}
