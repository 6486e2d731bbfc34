//! The index of a community's weeks: a row a week with a link to its page, and a small trend of each of
//! its numbers above.

use std::collections::BTreeMap;

use hearth_charts::{ChartError, Line, Lines, Role};

use super::charts::short;
use super::{column_head, escape, head};
use crate::days::IsoWeek;
use crate::kpi::definitions::{Definition, definition};
use crate::kpi::report::UNKNOWN;
use crate::kpi::trend::{Figures, Verdict};
use crate::kpi::words::{label, partial};
use crate::locale::Locale;
use crate::text::date;

/// What a row shows, beside the light.
const KEYS: [&str; 5] = [
    "members_total",
    "dau_share",
    "retention_d7",
    "churn30",
    "net_growth",
];

/// A week and where its page is.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelved {
    /// What was measured, and how it was judged.
    pub figures: Figures,
    /// Its page, relative to the index; `None` = there is no page of it.
    pub page: Option<String>,
}

/// The page of all weeks, the latest first; weeks come in any order, and of a week told twice the last
/// counts. The error of a chart that could not be drawn.
pub fn index(
    community: &str,
    weeks: impl IntoIterator<Item = Shelved>,
    locale: Locale,
) -> Result<String, ChartError> {
    let weeks: BTreeMap<IsoWeek, Shelved> = weeks
        .into_iter()
        .map(|shelved| (shelved.figures.week, shelved))
        .collect();
    let title = format!("{community} {}", label::WEEKS.get(locale));
    let shown: Vec<&Definition> = KEYS.into_iter().filter_map(definition).collect();
    let body = if weeks.is_empty() {
        format!("<p>{}</p>\n", label::NO_WEEKS.get(locale))
    } else {
        trends(&weeks, &shown, locale)? + &table(&weeks, &shown, locale)
    };
    Ok([head(&title, locale), body, "</body>\n</html>\n".to_owned()].concat())
}

/// A small chart of each number over all weeks from the first to the last; one week is no trend.
fn trends(
    weeks: &BTreeMap<IsoWeek, Shelved>,
    shown: &[&Definition],
    locale: Locale,
) -> Result<String, ChartError> {
    let all = every_week(weeks);
    let charts = shown.iter().filter_map(|definition| {
        let values: Vec<Option<f64>> = all
            .iter()
            .map(|week| figure(weeks.get(week)?, definition))
            .collect();
        (values.iter().flatten().count() > 1).then(|| trend(definition, &all, values, locale))
    });
    let charts: String = charts.collect::<Result<_, _>>()?;
    Ok(if charts.is_empty() {
        charts
    } else {
        format!("<div class=\"charts\">\n{charts}</div>\n")
    })
}

/// The numbers of it stand in the table of weeks.
fn trend(
    definition: &Definition,
    weeks: &[IsoWeek],
    values: Vec<Option<f64>>,
    locale: Locale,
) -> Result<String, ChartError> {
    let title = definition.name.get(locale);
    let places: Vec<String> = weeks.iter().map(|week| short(*week)).collect();
    let svg = Lines {
        title,
        places: &places,
        lines: &[Line {
            role: Role::Main,
            values,
        }],
        format: &|value| definition.unit.axis(value, locale),
    }
    .svg()?;
    let title = escape(title);
    Ok(format!(
        "<figure><figcaption>{title}</figcaption>\n{svg}</figure>\n"
    ))
}

/// Weeks that were not reported are a gap in the line.
fn every_week(weeks: &BTreeMap<IsoWeek, Shelved>) -> Vec<IsoWeek> {
    let (first, last) = (weeks.keys().next(), weeks.keys().next_back());
    let Some((first, last)) = first.zip(last) else {
        return Vec::new();
    };
    (0..=last.index() - first.index())
        .map(|after| first.plus(after))
        .collect()
}

/// As it is drawn: what is of too few is a gap.
fn figure(shelved: &Shelved, definition: &Definition) -> Option<f64> {
    shelved.figures.figures.get(definition.key).copied()
}

/// As the table shows it: what is of too few is marked.
fn cell(shelved: &Shelved, definition: &Definition, locale: Locale) -> String {
    let shown = |value: &f64| escape(&definition.unit.format(*value, locale));
    let Figures { figures, few, .. } = &shelved.figures;
    match (figures.get(definition.key), few.get(definition.key)) {
        (Some(value), _) => format!("<td>{}</td>", shown(value)),
        (None, Some(value)) => format!("<td class=\"grey\">{}?</td>", shown(value)),
        (None, None) => format!("<td>{UNKNOWN}</td>"),
    }
}

fn table(weeks: &BTreeMap<IsoWeek, Shelved>, shown: &[&Definition], locale: Locale) -> String {
    let names = shown.iter().map(|definition| definition.name.get(locale));
    let heads: String = std::iter::once(label::HEALTH.get(locale))
        .chain(names)
        .map(|name| column_head(&escape(name)))
        .collect();
    let rows: String = weeks
        .values()
        .rev()
        .map(|shelved| row(shelved, shown, locale))
        .collect();
    let few = weeks.values().any(|shelved| {
        let few = &shelved.figures.few;
        shown.iter().any(|one| few.contains_key(one.key))
    });
    let note = if few { label::FEW.get(locale) } else { "" };
    format!(
        "<div class=\"wide\"><table>\n<tr><td></td>{heads}</tr>\n{rows}</table></div>\n<p class=\"note\">{note}</p>\n"
    )
}

fn row(shelved: &Shelved, shown: &[&Definition], locale: Locale) -> String {
    let Figures { week, verdict, .. } = &shelved.figures;
    let name = shelved.page.as_ref().map_or_else(
        || week.to_string(),
        |page| format!("<a href=\"{}\">{week}</a>", escape(page)),
    );
    let lacking = match (shelved.figures.unreadable, locale) {
        (0, _) => String::new(),
        (members, Locale::ZhHant | Locale::ZhHans) => format!("，{}", partial(members, locale)),
        (members, Locale::En) => format!(", {}", partial(members, locale)),
    };
    let light = verdict.map_or(UNKNOWN, |verdict| verdict.light.name().get(locale));
    let cells: String = shown
        .iter()
        .map(|definition| cell(shelved, definition, locale))
        .collect();
    format!(
        "<tr><th scope=\"row\">{name}<small>{}</small></th><td>{light}</td>{cells}</tr>\n",
        escape(&(days(*week, *verdict, locale) + &lacking))
    )
}

/// From Monday to Sunday, and whether that is the last word, where it is known.
fn days(week: IsoWeek, verdict: Option<Verdict>, locale: Locale) -> String {
    let (from, until) = (date(week.monday(), locale), date(week.sunday(), locale));
    let revision = verdict.map(|verdict| verdict.revision.name().get(locale));
    match (locale, revision) {
        (Locale::ZhHant | Locale::ZhHans, Some(revision)) => format!("{from}–{until}，{revision}"),
        (Locale::En, Some(revision)) => format!("{from} – {until}, {revision}"),
        (Locale::ZhHant | Locale::ZhHans, None) => format!("{from}–{until}"),
        (Locale::En, None) => format!("{from} – {until}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::light::Light;
    use crate::kpi::report::Revision;

    fn shelved(week: &str, members: f64, page: Option<&str>) -> Shelved {
        Shelved {
            figures: Figures {
                figures: [
                    ("members_total".to_owned(), members),
                    ("net_growth".to_owned(), 0.05),
                ]
                .into(),
                verdict: page.map(|_| Verdict {
                    light: Light::Amber,
                    revision: Revision::Final,
                }),
                ..Figures::none(week.parse().unwrap())
            },
            page: page.map(str::to_owned),
        }
    }

    fn rows(page: &str) -> Vec<&str> {
        page.lines()
            .filter(|line| line.starts_with("<tr><th scope=\"row\">"))
            .collect()
    }

    #[test]
    fn the_latest_week_is_the_first_row_and_leads_to_its_page() {
        let page = index(
            "Acme <Makers>",
            [
                shelved("2026-W02", 1_234.0, Some("2026-W02.html")),
                shelved("2025-W52", 900.0, None),
            ],
            Locale::En,
        )
        .unwrap();
        insta::assert_snapshot!(rows(&page).join("\n"), @r#"
        <tr><th scope="row"><a href="2026-W02.html">2026-W02</a><small>5 Jan 2026 – 11 Jan 2026, final</small></th><td>🟡 amber</td><td>1,234</td><td>–</td><td>–</td><td>–</td><td>5.0%</td></tr>
        <tr><th scope="row">2025-W52<small>22 Dec 2025 – 28 Dec 2025</small></th><td>–</td><td>900</td><td>–</td><td>–</td><td>–</td><td>5.0%</td></tr>
        "#);
        assert!(page.contains("<h1>Acme &lt;Makers&gt; weekly reports</h1>"));
        assert!(!page.contains("<Makers>"));
    }

    #[test]
    fn what_is_of_few_and_what_lacks_members_is_marked() {
        let mut week = shelved("2026-W02", 12.0, Some("2026-W02.html"));
        week.figures.figures.remove("net_growth");
        week.figures.few.insert("net_growth".to_owned(), 0.05);
        week.figures.unreadable = 2;
        let row = |locale| {
            let page = index("Acme", [week.clone()], locale).unwrap();
            assert!(page.contains(label::FEW.get(locale)));
            rows(&page).concat()
        };
        let [hant, hans, en] = Locale::ALL.map(row);
        for (row, mark) in [
            (&hant, "定稿，⚠ 不完整（缺 2 位成員）</small>"),
            (&hans, "定稿，⚠ 不完整（缺 2 位成员）</small>"),
            (&en, "final, ⚠ partial (without 2 of the members)</small>"),
        ] {
            assert!(row.contains(mark), "{row}");
            assert!(row.contains("<td>12</td>"), "{row}");
            assert!(row.ends_with("<td class=\"grey\">5.0%?</td></tr>"), "{row}");
        }
        let whole = index("Acme", [shelved("2026-W02", 9.0, None)], Locale::En).unwrap();
        assert!(!whole.contains("⚠") && !whole.contains(label::FEW.get(Locale::En)));
    }

    /// Two weeks lie between them: four places of the axis, and no line across.
    #[test]
    fn a_week_without_a_report_is_a_gap() {
        let weeks = [
            shelved("2025-W51", 800.0, None),
            shelved("2026-W02", 1_234.0, None),
        ]
        .map(|shelved| (shelved.figures.week, shelved));
        let all = every_week(&weeks.into());
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["2025-W51", "2025-W52", "2026-W01", "2026-W02"]);
    }

    #[test]
    fn each_number_that_was_measured_twice_has_a_small_trend() {
        for locale in Locale::ALL {
            let weeks = ["2026-W01", "2026-W02"].map(|week| shelved(week, 9.0, None));
            let page = index("Acme", weeks, locale).unwrap();
            assert_eq!(page.matches("<figure>").count(), 2, "{locale}");
            assert_eq!(page.matches("<svg role=\"img\" aria-label=\"").count(), 2);
            assert!(page.contains(&format!("<html lang=\"{locale}\">")));
            for foreign in ["http:", "https:", "src=", "<script", "url(", "<link"] {
                assert!(!page.contains(foreign), "{foreign} in {locale}");
            }
            let one = index("Acme", [shelved("2026-W01", 9.0, None)], locale).unwrap();
            assert!(!one.contains("<figure>"), "one week is no trend");
            let none = index("Acme", [], locale).unwrap();
            assert!(none.contains(label::NO_WEEKS.get(locale)) && !none.contains("<table>"));
        }
    }

    #[test]
    fn of_a_week_told_twice_the_last_counts() {
        let twice = [
            shelved("2026-W02", 1.0, Some("2026-W02/1.html")),
            shelved("2026-W02", 2.0, Some("2026-W02/2.html")),
        ];
        let page = index("Acme", twice, Locale::En).unwrap();
        assert_eq!(rows(&page).len(), 1);
        assert!(page.contains("href=\"2026-W02/2.html\""));
    }
}
