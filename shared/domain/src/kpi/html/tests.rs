//! The page as a browser meets it.

use super::*;
use crate::event::LeaveReason;
use crate::experiment::Trials;
use crate::invitation::JoinSource;
use crate::journey::{Case, CaseState, Plan, PlanState};
use crate::kpi::numbers::Numbers;
use crate::kpi::report::{Report, Revision};
use crate::kpi::testing::{case, member, numbers_of, plan, report_of, trials, week};
use crate::kpi::trend::{Figures, History};

#[test]
fn trials_are_shown_with_how_sure_they_are() {
    let report = |locale| {
        let numbers = numbers_of(&[member("ann", 3).pressed(3)]);
        let at = "1970-01-01T00:00:00Z";
        let none = History::default();
        report_of(locale, &[], numbers, none, Revision::Final, at).with_trials(trials())
    };
    let lines = |locale: Locale| {
        let page = report(locale).to_html(locale, "index.html").unwrap();
        let (_, section) = page.split_once("\n<h3>").unwrap();
        let (section, _) = section.split_once("<details").unwrap();
        section.replace("</th>", "|").replace("</td>", "|")
    };
    insta::assert_snapshot!(text_of(&lines(Locale::En)), @r"
    day-2: onboarding.day-2 (version 2)
    Words|Reached|Answered|Share|95% interval|
    its own|216|41|19.0%|14.3%–24.7%|
    b|182|64|35.2%|28.6%–42.3%|
    winner: b (p &lt; 0.001)
    What the plan is worth (10.0% of newcomers have none)
    Newcomers|14 days old|Back on days 7–13|Share|95% interval|
    held out|80|48|60.0%|49.0%–70.0%|
    with plan|70|56|80.0%|69.2%–87.7%|
    The plan adds +20.0 pp (95% interval +5.2 pp to +33.4 pp); winner: with plan (p = 0.008)
    ");
    let hant = text_of(&lines(Locale::ZhHant));
    assert!(hant.contains("勝出：b（p &lt; 0.001）"), "{hant}");
    assert!(hant.contains("原來的文字|216|41|19.0%"), "{hant}");
    assert!(hant.contains("計劃帶來 +20.0 個百分點"), "{hant}");
    let record = report(Locale::En).to_json().unwrap();
    assert_eq!(Report::from_json(&record).unwrap().trials, trials());
    let none = report(Locale::En).with_trials(Trials::default());
    assert!(!none.to_json().unwrap().contains("trials"));
}

/// Without its tags.
fn text_of(html: &str) -> String {
    let parts = html
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text: String = parts.collect();
    text.lines()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_cards_say_what_matters_and_leave_out_what_is_not_known() {
    let page = page_of(Locale::En);
    let (_, cards) = page.split_once("<ul class=\"cards\">").unwrap();
    let (cards, _) = cards.split_once("</ul>").unwrap();
    insta::assert_snapshot!(cards.trim(), @r#"
    <li><span>Members</span><b>3</b><small>Change -1</small></li>
    <li class="grey"><span>Daily active share</span><b>14.3%</b><small>Change -100.0 pp</small><small>Target 50.0%</small><small>too few</small></li>
    <li class="grey"><span>7-day retention</span><b>50.0%</b><small>Change -100.0 pp</small><small>too few</small></li>
    <li class="grey"><span>30-day churn</span><b>100.0%</b><small>Change -100.0 pp</small><small>too few</small></li>
    <li class="grey"><span>Net growth</span><b>0.0%</b><small>Change -100.0 pp</small><small>too few</small></li>
    "#);
}

#[test]
fn a_months_last_week_shows_the_month() {
    assert!(
        !page_of(Locale::En).contains("The month"),
        "W02 is in January"
    );
    for (locale, expected) in [
        (Locale::ZhHant, "月報：2026年1月"),
        (Locale::ZhHans, "月度小结：2026年1月"),
        (Locale::En, "The month: January 2026"),
    ] {
        let numbers = Numbers {
            week: "2026-W05".parse().unwrap(),
            ..numbers_of(&[member("ann", -20).wrote(0, 2)])
        };
        let before = Figures {
            week: "2026-W04".parse().unwrap(),
            unreadable: 2,
            ..Figures::of(&numbers)
        };
        let history = History::before(numbers.week, [before]);
        let at = "2026-02-02T00:00:00Z";
        let report = report_of(locale, &[], numbers, history, Revision::Final, at);
        let page = report.to_html(locale, "index.html").unwrap();
        assert!(page.contains(expected), "{locale}");
        assert!(page.contains("2026-W01"), "missing weeks are named");
        assert!(page.contains("2026-W04 ⚠ "), "and those that lack members");
        // Two messages in each of two weeks; nothing is known of December.
        assert!(
            page.contains("<td><b>4</b></td><td>–</td><td>–</td>"),
            "{page}"
        );
    }
}

#[test]
fn sources_are_shown_where_any_is_told() {
    let page = |source, locale| {
        let mut invited = member("ann", -20).pressed(-13);
        invited.0.invitations.source = source;
        let numbers = numbers_of(&[invited, member("bob", 1)]);
        let (none, at) = (History::default(), "2026-01-12T00:00:00Z");
        let report = report_of(locale, &[], numbers, none, Revision::Final, at);
        report.to_html(locale, "index.html").unwrap()
    };
    let page_of = |locale| page(Some(JoinSource::Qr), locale);
    let english = page_of(Locale::En);
    let (_, table) = english.split_once("<h3>How newcomers came</h3>").unwrap();
    let (table, after) = table.split_once("</table>").unwrap();
    let cells = table.replace("</th>", "|").replace("</td>", "|");
    let rows: Vec<String> = text_of(&cells).lines().skip(1).map(str::to_owned).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    Source|Joined this week|7-day retention|
    invited by a member|0|–|
    QR code|0|100.0%?1/1|
    shared link|0|–|
    other|0|–|
    unknown|1|–|
    ");
    let (next, _) = after.split_once("</h2>").unwrap();
    assert!(next.ends_with("Orders and scores"), "beside invitations");
    assert!(page_of(Locale::ZhHant).contains("新人的來源"));
    assert!(page_of(Locale::ZhHans).contains("二维码"));
    assert!(!page(None, Locale::En).contains("How newcomers came"));
}

/// Twelve weeks of enough members behind it, so that every chart has something to show.
fn page_of(locale: Locale) -> String {
    let left = Case {
        reason: Some(LeaveReason::FewBenefits),
        ..case(1, CaseState::Answered)
    };
    let plan = Plan {
        next: 2,
        answered: 0b1,
        ..plan(-6, PlanState::Active)
    };
    let numbers = numbers_of(&[
        member("ann", -20).pressed(-13).wrote(0, 2).there(0, 21),
        member("bob", 1).pressed(2).pressed(3),
        member("cyd", -6).planned(plan),
        member("dot", -40).wrote(-38, 1).left(1).in_case(left),
    ]);
    let history = History::before(
        week(),
        (1..=12).map(|ago| Figures {
            figures: definitions()
                .filter_map(|one| Some((one.key.to_owned(), one.value(&numbers)?)))
                .map(|(key, value)| (key, value + f64::from(ago % 3)))
                .collect(),
            ..Figures::none(week().plus(-ago))
        }),
    );
    let at = "2026-01-12T00:00:00Z";
    report_of(
        locale,
        &[("dau_share", 0.5)],
        numbers,
        history,
        Revision::Provisional,
        at,
    )
    .to_html(locale, "index.html")
    .unwrap()
}

/// Nothing is loaded, and the one link leads to the page beside it.
#[test]
fn the_page_is_alone_in_the_world() {
    for locale in Locale::ALL {
        let page = page_of(locale);
        for foreign in [
            "http:", "https:", "src=", "<script", "@import", "url(", "<link",
        ] {
            assert!(!page.contains(foreign), "{foreign} in the page in {locale}");
        }
        let links: Vec<&str> = page.split("href=").skip(1).collect();
        assert_eq!(links.len(), 1);
        assert!(links[0].starts_with("\"index.html\">"), "{locale}");
        assert!(page.contains(&format!("<html lang=\"{locale}\">")));
    }
}

#[test]
fn names_are_escaped() {
    let page = page_of(Locale::En);
    assert!(
        page.contains("<h1>Acme &lt;Makers&gt; &amp; &quot;Co&quot; weekly report 2026-W02</h1>")
    );
    assert!(!page.contains("<Makers>"));
    assert_eq!(escape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
}

/// Every tag that opens closes in its order.
#[test]
fn the_page_is_well_formed() {
    for locale in Locale::ALL {
        let page = page_of(locale);
        let mut open: Vec<&str> = Vec::new();
        for tag in page
            .split('<')
            .skip(1)
            .filter_map(|part| part.split_once('>'))
            .map(|(tag, _)| tag)
        {
            let name = tag
                .trim_start_matches('/')
                .split([' ', '/'])
                .next()
                .unwrap();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "closing in {locale}");
            } else if !tag.ends_with('/') && !matches!(name, "!doctype" | "meta" | "br") {
                open.push(name);
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }
}

/// What is drawn stands in a table as well, and says what it is.
#[test]
fn every_chart_has_a_title_a_heading_and_its_numbers() {
    for locale in Locale::ALL {
        let page = page_of(locale);
        let figures: Vec<&str> = page.split("<figure>").skip(1).collect();
        assert_eq!(
            figures.len(),
            12,
            "{locale}: six trends and six of the week"
        );
        for figure in figures {
            let (figure, _) = figure.split_once("</figure>").unwrap();
            assert_eq!(figure.matches("<svg role=\"img\" aria-label=\"").count(), 1);
            assert_eq!(figure.matches("<title>").count(), 1);
            assert_eq!(figure.matches("<figcaption>").count(), 1);
            assert!(figure.matches("<tr>").count() > 1, "{figure}");
        }
    }
}

#[test]
fn what_has_nothing_to_show_is_not_drawn() {
    let at = "1970-01-01T00:00:00Z";
    let report = |numbers| {
        report_of(
            Locale::En,
            &[],
            numbers,
            History::default(),
            Revision::Final,
            at,
        )
    };
    let late = report(numbers_of(&[member("ann", 3).pressed(3)]))
        .to_html(Locale::En, "index.html")
        .unwrap();
    let captions = |page: &str| -> Vec<String> {
        let captions = page.split("<figcaption>").skip(1);
        captions
            .filter_map(|rest| Some(rest.split_once('<')?.0.to_owned()))
            .collect()
    };
    assert_eq!(captions(&late), ["Active members by day"]);
    assert_eq!(
        late.matches("<tr><th scope=\"row\">2026-01-").count(),
        4,
        "from Thursday on"
    );
    let nobody = report(numbers_of(&[]))
        .to_html(Locale::En, "index.html")
        .unwrap();
    assert!(captions(&nobody).is_empty());
}

#[test]
fn few_are_grey_and_the_footer_says_when() {
    let page = page_of(Locale::En);
    assert!(page.contains("<tr class=\"grey\"><th scope=\"row\">Daily active share"));
    assert!(page.contains("provisional") && page.contains("2026-01-12 08:00 (Asia/Taipei)"));
    insta::assert_snapshot!(page.lines().skip_while(|line| !line.starts_with("<details open")).take(6).collect::<Vec<_>>().join("\n"), @r#"
    <details open><summary>Retention by cohort: on days 7–13, 30–36, 90–96</summary>
    <div class="wide"><table>
    <tr><th scope="col">Cohort</th><th scope="col">Members</th><th scope="col">D7</th><th scope="col">D30</th><th scope="col">D90</th></tr>
    <tr><th scope="row">All</th><td>4</td><td class="grey">50.0%?<br><i>1/2</i></td><td class="grey">0.0%?<br><i>0/1</i></td><td class="grey">–</td></tr>
    <tr><th scope="row">2026-W02</th><td>1</td><td class="grey">–</td><td class="grey">–</td><td class="grey">–</td></tr>
    <tr><th scope="row">2026-W01</th><td>1</td><td class="grey">–</td><td class="grey">–</td><td class="grey">–</td></tr>
    "#);
}
