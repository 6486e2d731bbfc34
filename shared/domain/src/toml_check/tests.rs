//! What each kind of value says when it is not what was expected.

use super::*;

fn problems(source: &str, reader: impl FnOnce(Table<'_>) -> Option<()>) -> Vec<String> {
    read(source, reader)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_kind_of_value_says_what_it_expected() {
    let source = "int = 99\nname = 3\ntime = \"7:00\"\nshare = 1.5\nflag = \"yes\"\nurl = \"acme.example\"\nid = \"A b\"\nlist = {}\n";
    let found = problems(source, |mut file| {
        let _ = file.need("int").integer::<u8>(1..=30, "a day");
        let _ = file.need("name").text("a name");
        let _ = file.need("time").time();
        let _ = file.need("share").fraction();
        let _ = file.need("flag").flag();
        let _ = file.need("url").url();
        let _ = file.need("id").id::<crate::ids::StepId>();
        let _ = file.need("list").list("a list of names");
        let _ = file.need("table").table("a [table]");
        file.finish();
        None
    });
    assert_eq!(
        found,
        [
            "line 1: int: expected a day from 1 to 30, found 99",
            "line 1: table: expected a [table], found nothing",
            "line 2: name: expected a name, found 3",
            "line 3: time: expected a time in quotes from \"00:00\" to \"23:59\", found \"7:00\"",
            "line 4: share: expected a fraction from 0 to 1, found 1.5",
            "line 5: flag: expected true or false, found \"yes\"",
            "line 6: url: expected an address that begins with https:// or http://, found \"acme.example\"",
            "line 7: id: expected a valid step id (1 to 24 of a-z, 0-9 and -), found \"A b\"",
            "line 8: list: expected a list of names, found a table",
        ]
    );
}

#[test]
fn unknown_keys_are_named_with_a_hint_only_where_it_is_a_slip() {
    let found = problems(
        "Send-At = 1\nsendat = 1\nsend_att = 1\nsend_ad = 1\nquiet = 1\n\"a.b\" = 1\n",
        |mut file| {
            let _ = file.get("send_at");
            file.finish();
            Some(())
        },
    );
    assert_eq!(
        found,
        [
            "line 1: Send-At: unknown key: did you mean send_at?",
            "line 2: sendat: unknown key: did you mean send_at?",
            "line 3: send_att: unknown key: did you mean send_at?",
            "line 4: send_ad: unknown key: did you mean send_at?",
            "line 5: quiet: unknown key",
            "line 6: \"a.b\": unknown key",
        ]
    );
}

#[test]
fn a_localised_text_is_one_string_or_all_three() {
    let reader = |mut file: Table<'_>| {
        all(["a", "b", "c", "d"].map(|name| file.need(name).localised())).map(drop)
    };
    let found = problems(
        "a = \"x\"\nb = { zh-Hant = \"x\", en = \"\", fr = \"x\" }\nc = 1\n\n[d]\nzh-Hant = \"x\"\n",
        reader,
    );
    assert_eq!(
        found,
        [
            "line 2: b.zh-Hans: expected a text, found nothing",
            "line 2: b.en: expected a text, found \"\"",
            "line 2: b.fr: unknown key",
            "line 3: c: expected a text, or a table of texts with zh-Hant, zh-Hans and en, found 1",
            "line 5: d.zh-Hans: expected a text, found nothing",
            "line 5: d.en: expected a text, found nothing",
        ]
    );
}

#[test]
fn broken_lines_are_all_reported_and_do_not_hide_wrong_values() {
    let found = problems("a = x\nb = 99\nc = \n[d\ne = 1\n", |mut file| {
        let _ = file.need("a").integer::<u8>(1..=30, "a day");
        let _ = file.need("b").integer::<u8>(1..=30, "a day");
        let _ = file.need("missing").text("a name");
        file.finish();
        None
    });
    assert_eq!(
        found.first().map(String::as_str),
        Some("line 1: not TOML: string values must be quoted, expected literal string")
    );
    assert_eq!(
        found.get(1).map(String::as_str),
        Some("line 2: b: expected a day from 1 to 30, found 99")
    );
    assert!(
        found.iter().skip(2).all(|line| line.contains("not TOML")),
        "{found:#?}"
    );
    assert!(found.len() >= 4, "{found:#?}");
}
