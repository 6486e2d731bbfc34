//! The page as a browser meets it.

use super::*;
use crate::kpi::report::Revision;
use crate::kpi::testing::{community, member, numbers_of};

fn page_of(locale: Locale) -> String {
    let numbers = numbers_of(&[
        member("ann", -20).pressed(-13).wrote(0, 2),
        member("bob", 1).pressed(2).pressed(3),
    ]);
    let targets = [("dau_share".to_owned(), 0.5)].into();
    let at = "2026-01-12T00:00:00Z".parse().unwrap();
    Report::build(
        &community(locale),
        &targets,
        numbers,
        None,
        Revision::Provisional,
        at,
    )
    .to_html(locale)
}

#[test]
fn the_page_is_alone_in_the_world() {
    for locale in Locale::ALL {
        let page = page_of(locale);
        for foreign in [
            "http:", "https:", "src=", "href=", "<script", "@import", "url(", "<link",
        ] {
            assert!(!page.contains(foreign), "{foreign} in the page in {locale}");
        }
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

#[test]
fn a_day_without_observation_has_no_bar_and_few_are_grey() {
    let page = page_of(Locale::En);
    assert_eq!(
        page.matches("<rect").count(),
        7,
        "every day of the week was observed"
    );
    let numbers = numbers_of(&[member("ann", 3).pressed(3)]);
    let late = Report::build(
        &community(Locale::En),
        &std::collections::BTreeMap::new(),
        numbers,
        None,
        Revision::Final,
        jiff::Timestamp::UNIX_EPOCH,
    );
    assert_eq!(
        late.to_html(Locale::En).matches("<rect").count(),
        4,
        "from Thursday on"
    );
    assert!(page.contains("<title>2026-01-05: 1</title>"));
    assert!(page.contains("<tr class=\"grey\"><th scope=\"row\">Daily active share"));
    assert!(page.contains("provisional") && page.contains("2026-01-12 08:00 (Asia/Taipei)"));
    insta::assert_snapshot!(page.lines().skip_while(|line| !line.starts_with("<details open")).take(6).collect::<Vec<_>>().join("\n"), @r#"
    <details open><summary>Retention by cohort: on days 7–13, 30–36, 90–96</summary>
    <div class="wide"><table>
    <tr><th scope="col">Cohort</th><th scope="col">Members</th><th scope="col">D7</th><th scope="col">D30</th><th scope="col">D90</th></tr>
    <tr><th scope="row">All</th><td>2</td><td class="grey">100.0%?<br><i>1/1</i></td><td class="grey">–</td><td class="grey">–</td></tr>
    <tr><th scope="row">2026-W02</th><td>1</td><td class="grey">–</td><td class="grey">–</td><td class="grey">–</td></tr>
    <tr><th scope="row">2025-W51</th><td>1</td><td class="grey">100.0%?<br><i>1/1</i></td><td class="grey">–</td><td class="grey">–</td></tr>
    "#);
}
