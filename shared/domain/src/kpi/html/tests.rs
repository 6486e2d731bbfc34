//! The page as a browser meets it.

use super::*;
use crate::event::LeaveReason;
use crate::journey::{Case, CaseState, Plan, PlanState};
use crate::kpi::report::Revision;
use crate::kpi::testing::{case, member, numbers_of, plan, report_of, week};
use crate::kpi::trend::{Figures, History};

/// Twelve weeks behind it, so that every chart has something to show.
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
            week: week().plus(-ago),
            figures: Figures::of(&numbers)
                .figures
                .into_iter()
                .map(|(key, value)| (key, value + f64::from(ago % 3)))
                .collect(),
            verdict: None,
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
