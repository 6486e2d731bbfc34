//! The report's page in a browser: headless Chromium, which `HEARTH_CHROMIUM` names or the PATH has. Where
//! there is none these tests say so and look at nothing, unless `HEARTH_BROWSER` is `required`, as in CI. Pages
//! stay in the folder that `HEARTH_PAGES` names, for who wants to see them.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use hearth_domain::kpi::{Report, Shelved, index};
use hearth_domain::locale::Locale;
use hearth_tests::page::{rich_week, week_of};
use serde_json::Value;

const TELEPHONE: u32 = 360;
/// A telephone, and a desk.
const WIDTHS: [u32; 2] = [TELEPHONE, 1280];

/// `None` = there is no browser, and nobody insists.
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("HEARTH_CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = || {
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let names = ["chromium", "google-chrome", "chromium-browser"];
        let all = names
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        all.into_iter().find(|file| file.is_file())
    };
    let found = named.or_else(on_path);
    if found.is_none() {
        let required = std::env::var_os("HEARTH_BROWSER").is_some_and(|value| value == "required");
        assert!(
            !required,
            "HEARTH_BROWSER is required, and there is no chromium on the PATH"
        );
        eprintln!("no chromium: the page is not looked at");
    }
    found
}

/// What the browser holds in the end, and what it said on its console.
fn browse(chromium: &Path, page: &str, name: &str) -> (String, String) {
    let folder = std::env::temp_dir().join(format!("hearth-page-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("page.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-extensions",
        ])
        .args([
            "--no-first-run",
            "--enable-logging=stderr",
            "--virtual-time-budget=5000",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .args(["--window-size=1400,1000", "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    std::fs::remove_dir_all(&folder).unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr))
}

/// A page that shows another in a frame of a width, as a telephone would, and writes down what it finds:
/// a window of a headless browser has a least width. `print` shows it as on paper.
fn probe(page: &str, width: u32, print: bool) -> String {
    let framed = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        r#"<!doctype html><meta charset="utf-8"><title>probe</title>
<iframe id="frame" width="{width}" height="800" style="border:0" srcdoc="{framed}"></iframe><pre id="found"></pre>
<script>
addEventListener("load", () => {{
  const frame = document.getElementById("frame"), page = frame.contentDocument, root = page.documentElement;
  if ({print}) for (const sheet of page.styleSheets) for (const rule of sheet.cssRules)
    if (rule.media && rule.media.mediaText === "print") rule.media.mediaText = "all";
  const all = (what) => [...page.querySelectorAll(what)];
  const wide = (element) => element.getBoundingClientRect().right > frame.contentWindow.innerWidth + 1
    && !element.closest(".wide");
  document.getElementById("found").textContent = JSON.stringify({{
    inner: frame.contentWindow.innerWidth, scroll: root.scrollWidth, lang: root.lang,
    svgs: all("svg").length,
    untitled: all("svg").filter((svg) => !svg.querySelector("title")?.textContent).length,
    beyond: all("body *").filter(wide).map((element) => element.outerHTML.slice(0, 80)).slice(0, 5),
    cards: all(".cards li").length,
    folded: all("details").length,
    hidden: all("details table").filter((table) => !table.checkVisibility({{contentVisibilityAuto: true}})).length,
  }});
}});
</script>"#
    )
}

fn found(chromium: &Path, page: &str, width: u32, print: bool, name: &str) -> Value {
    let (dom, said) = browse(chromium, &probe(page, width, print), name);
    assert!(!said.contains("CONSOLE"), "{name}: {said}");
    let (_, found) = dom.split_once("<pre id=\"found\">").unwrap();
    let (found, _) = found.split_once("</pre>").unwrap();
    let found = found
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&found).unwrap()
}

fn page_of(report: &Report, locale: Locale) -> String {
    let mut report = report.clone();
    report.locale = locale;
    report.to_html(locale, "index.html").unwrap()
}

#[test]
fn the_page_fits_a_telephone_and_a_desk_and_says_nothing_on_the_console() {
    let Some(chromium) = chromium() else { return };
    let report = rich_week();
    for locale in Locale::ALL {
        let page = page_of(&report, locale);
        if let Some(folder) = std::env::var_os("HEARTH_PAGES") {
            let file = Path::new(&folder).join(format!("{}.html", locale.tag()));
            std::fs::write(file, &page).unwrap();
        }
        for width in WIDTHS {
            let name = format!("{}-{width}", locale.tag());
            let found = found(&chromium, &page, width, false, &name);
            assert_eq!(found["inner"], width, "{name}");
            let scroll = found["scroll"].as_u64().unwrap();
            assert!(scroll <= u64::from(width), "{name}: {found}");
            assert_eq!(found["beyond"], Value::Array(Vec::new()), "{name}");
            assert_eq!(
                (&found["svgs"], &found["untitled"]),
                (&14.into(), &0.into()),
                "{name}"
            );
            assert_eq!(
                (&found["cards"], &found["lang"]),
                (&5.into(), &locale.tag().into())
            );
        }
    }
}

/// All weeks that a report knows, the last but one without some of its members.
fn index_of(report: &Report, locale: Locale) -> String {
    let mut weeks = report.history.weeks().to_vec();
    weeks.push(report.figures());
    for (n, week) in weeks.iter_mut().enumerate() {
        week.unreadable = u64::from(n % 13 == 11) * 12_345;
        if n < 3 {
            week.few.append(&mut week.figures);
        }
    }
    let shelved = weeks.into_iter().map(|figures| Shelved {
        page: Some(format!("{}.html", figures.week)),
        figures,
    });
    index(&report.name, shelved, locale).unwrap()
}

/// Pages that are not as a page mostly is: they fit a telephone as well, and say what is the matter.
#[test]
fn the_index_and_odd_weeks_fit_a_telephone() {
    let Some(chromium) = chromium() else { return };
    let mut partial = rich_week();
    for _ in 0..12_345 {
        partial.numbers.unreadable.add("retention_of_everything");
    }
    for (name, page, says) in [
        (
            "index",
            index_of(&rich_week(), Locale::En),
            "⚠ partial (without 12345 of the members)",
        ),
        (
            "index-hant",
            index_of(&rich_week(), Locale::ZhHant),
            "⚠ 不完整（缺 12345 位成員）",
        ),
        (
            "partial",
            page_of(&partial, Locale::En),
            "12345 members could not be read",
        ),
        ("empty", page_of(&week_of(0, 0), Locale::En), "not judged"),
        ("one", page_of(&week_of(1, 0), Locale::En), "too few"),
    ] {
        assert!(page.contains(says), "{name}");
        let found = found(&chromium, &page, TELEPHONE, false, name);
        let scroll = found["scroll"].as_u64().unwrap();
        assert!(scroll <= u64::from(TELEPHONE), "{name}: {found}");
        assert_eq!(found["beyond"], Value::Array(Vec::new()), "{name}");
        assert_eq!(found["untitled"], 0, "{name}");
    }
}

#[test]
fn on_paper_everything_is_unfolded() {
    let Some(chromium) = chromium() else { return };
    let page = page_of(&rich_week(), Locale::En);
    let screen = found(&chromium, &page, 794, false, "screen");
    assert!(screen["hidden"].as_u64().unwrap() > 5, "{screen}");
    let paper = found(&chromium, &page, 794, true, "paper");
    assert_eq!(paper["hidden"], 0, "{paper}");
    assert!(paper["folded"].as_u64().unwrap() > 13, "{paper}");
}

/// That the probe sees what it looks for.
#[test]
fn what_does_not_fit_is_seen() {
    let Some(chromium) = chromium() else { return };
    let page = "<!doctype html><html lang=en><body><div style='width:500px'>wide</div><svg></svg></body></html>";
    let found = found(&chromium, page, 360, false, "wide");
    assert!(found["scroll"].as_u64().unwrap() > 360, "{found}");
    assert_eq!(found["untitled"], 1);
    let (_, said) = browse(
        &chromium,
        "<!doctype html><script>console.error('no')</script>",
        "said",
    );
    assert!(said.contains("CONSOLE"), "{said}");
}
