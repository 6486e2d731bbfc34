//! The placeholders that texts may use, and what becomes of each one without a value.

/// What happens to a text where a placeholder has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unset {
    /// The text cannot be sent.
    Required,
    /// Its line goes away entirely.
    DropLine,
    /// Nothing stands in its place; space before the end of the line goes, and so does the line
    /// if nothing else is on it.
    Blank,
    /// A dash stands in its place.
    Dash,
    /// The playbook has a word for it (`member.name`: friend), or a fixed number.
    Default,
}

/// Every placeholder by name, except the report's figures (see [`unset`]).
///
/// Source: the table of the default texts. `DropLine` also for what an untouched installation
/// lacks, so that a text stays true before anybody has filled in a community's `[about]`.
pub const PLACEHOLDERS: &[(&str, Unset)] = &[
    ("alert.day", Unset::Required),
    ("alert.finding", Unset::Required),
    ("alert.light", Unset::Required),
    ("alert.look_at", Unset::Required),
    ("award.points", Unset::Required),
    ("badge.name", Unset::Required),
    ("benefits.summary", Unset::DropLine),
    ("benefits.url", Unset::DropLine),
    ("board.people", Unset::Required),
    ("board.period", Unset::Required),
    ("board.places", Unset::Required),
    ("bot.name", Unset::Default),
    ("care.days", Unset::Default),
    ("case.due_at", Unset::Required),
    ("challenge.days", Unset::DropLine),
    ("challenge.done", Unset::DropLine),
    ("challenge.end", Unset::Required),
    ("challenge.join_until", Unset::Required),
    // Who is in none, or in one that has no such name any more, is told the rest.
    ("challenge.name", Unset::DropLine),
    ("challenge.start", Unset::Required),
    ("check_in.count", Unset::Required),
    ("check_in.keyword", Unset::Default),
    ("check_in.names", Unset::Required),
    ("closing.day", Unset::Required),
    ("community.best_posts_url", Unset::DropLine),
    ("community.guide_url", Unset::DropLine),
    ("community.name", Unset::Required),
    ("community.next_event", Unset::DropLine),
    ("community.rules", Unset::DropLine),
    ("community.value", Unset::Blank),
    ("content.question", Unset::Required),
    ("content.summary", Unset::DropLine),
    ("content.title", Unset::Required),
    ("content.url", Unset::Required),
    ("event.length", Unset::Required),
    ("event.recap_url", Unset::DropLine),
    ("event.starts_at", Unset::Required),
    ("event.title", Unset::DropLine),
    ("event.url", Unset::Required),
    // In a good week there is nothing to look at, or one thing.
    ("focus.first", Unset::DropLine),
    ("focus.second", Unset::DropLine),
    ("focus.third", Unset::DropLine),
    ("freeze.left", Unset::DropLine),
    ("gift.code", Unset::Required),
    ("gift.expires_on", Unset::Required),
    ("gift.items", Unset::Required),
    ("gift.url", Unset::Required),
    ("invite.code", Unset::Required),
    ("invite.count", Unset::Required),
    ("invite.days", Unset::Required),
    // A community whose file has no `invite_link`.
    ("invite.link", Unset::DropLine),
    ("invite.points", Unset::Required),
    ("level.name", Unset::Required),
    ("level.number", Unset::Required),
    ("level.perks", Unset::DropLine),
    ("level.points_to_next", Unset::DropLine),
    ("member.freezes", Unset::Default),
    ("member.interest", Unset::Required),
    ("member.joined_on", Unset::Required),
    ("member.last_active_on", Unset::Required),
    ("member.name", Unset::Default),
    ("member.names", Unset::Required),
    ("member.points", Unset::Required),
    // Who is on no board of this week yet has no place on it.
    ("member.rank", Unset::DropLine),
    ("member.streak", Unset::Required),
    ("next.hint", Unset::Blank),
    // A community without an offer still asks. One with an offer has a code, or the message waits.
    ("offer.code", Unset::DropLine),
    ("offer.expires_on", Unset::DropLine),
    ("offer.label", Unset::DropLine),
    ("operator.name", Unset::Default),
    ("opt_out.keyword", Unset::Default),
    ("opt_out.line", Unset::Default),
    ("pilot.exits", Unset::Dash),
    ("pilot.sample", Unset::Dash),
    ("pilot.version", Unset::Dash),
    ("points.balance", Unset::Required),
    ("redeem.code", Unset::DropLine),
    ("redeem.gift", Unset::Required),
    ("redeem.level", Unset::Required),
    ("redeem.list", Unset::Required),
    ("redeem.missing", Unset::Required),
    ("redeem.note", Unset::DropLine),
    ("redeem.points", Unset::Required),
    ("rejoin.url", Unset::DropLine),
    ("report.light", Unset::Dash),
    ("report.light_reason", Unset::Dash),
    ("report.range", Unset::Dash),
    ("report.url", Unset::DropLine),
    ("report.week", Unset::Dash),
    ("reward.name", Unset::Required),
    ("reward.url", Unset::DropLine),
    ("sla.hours", Unset::Default),
    ("star.month", Unset::Required),
    ("star.names", Unset::Required),
    ("star.perks", Unset::DropLine),
    ("star.place", Unset::Required),
    // After the last milestone there is no next one to look forward to.
    ("streak.days", Unset::Required),
    ("streak.days_to_next", Unset::DropLine),
    ("streak.leaders", Unset::DropLine),
    ("streak.next_milestone", Unset::DropLine),
    ("survey.text", Unset::DropLine),
    ("task.example", Unset::Required),
    ("task.points", Unset::Required),
    ("task.title", Unset::Required),
    ("topic.question", Unset::Required),
    ("topic.title", Unset::Required),
    ("topic.url", Unset::DropLine),
];

/// The rates of the weekly report that a playbook can set a target for, all as fractions of 1.
pub const RATES: &[&str] = &[
    "check_in_rate",
    "churn30",
    "dau_share",
    "interaction_rate",
    "mau_share",
    "negative_share",
    "net_growth",
    "own_content",
    "paying_rate",
    "quality_rate",
    "recall",
    "repurchase_rate",
    "retention_d30",
    "retention_d7",
    "retention_d90",
    "satisfaction",
    "silent30",
    "speaking_rate",
    "stickiness",
    "wau_share",
    "won_back_rate",
];

/// The counts of the weekly report beside its [`RATES`].
pub const COUNTS: &[&str] = &[
    "check_ins",
    "churned30",
    "left",
    "mau30",
    "mean_dau",
    "members_total",
    "messages",
    "messages_per_1000",
    "messages_per_active",
    "new",
    "reachable",
    "retention_d30_n",
    "retention_d7_n",
    "retention_d90_n",
    "wau",
    "won_back",
];

/// What becomes of a placeholder without a value; `None` if there is no such placeholder.
///
/// Beside [`PLACEHOLDERS`] there are `kpi.…` and `delta.…` with the name of any figure of the
/// report, and `target.…` with any of the [`RATES`].
pub fn unset(name: &str) -> Option<Unset> {
    if let Ok(at) = PLACEHOLDERS.binary_search_by_key(&name, |(name, _)| name) {
        return PLACEHOLDERS.get(at).map(|(_, unset)| *unset);
    }
    let known = match name.split_once('.')? {
        ("kpi" | "delta", figure) => RATES.contains(&figure) || COUNTS.contains(&figure),
        ("target", rate) => RATES.contains(&rate),
        _ => false,
    };
    known.then_some(Unset::Dash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_finds_all_of_its_own() {
        assert!(PLACEHOLDERS.is_sorted_by(|(a, _), (b, _)| a < b));
        for (name, expected) in PLACEHOLDERS {
            assert_eq!(unset(name), Some(*expected), "{name}");
        }
    }

    #[test]
    fn figures_are_known_by_name_only() {
        assert_eq!(unset("kpi.retention_d7_n"), Some(Unset::Dash));
        assert_eq!(unset("target.dau_share"), Some(Unset::Dash));
        assert_eq!(unset("delta.dau_share"), Some(Unset::Dash));
        for unknown in [
            "kpi.retention_7d",
            "target.new",
            "member",
            "member.nam",
            "",
            "kpi.",
        ] {
            assert_eq!(unset(unknown), None, "{unknown}");
        }
    }
}
