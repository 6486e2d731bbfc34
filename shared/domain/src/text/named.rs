//! Members in a value, by id: their names are filled in when the text goes out, so that no row holds
//! a name, and an erasure finds the row.

use std::collections::BTreeSet;

use crate::ids::MemberId;

// No id has a `#`.
const OPEN: &str = "<#";
const CLOSE: &str = "#>";

/// What stands in a value for a member.
pub fn member_token(member: &MemberId) -> String {
    format!("{OPEN}{member}{CLOSE}")
}

/// The members that stand in a value.
pub fn members_named(value: &str) -> BTreeSet<MemberId> {
    parts(value).filter_map(Result::err).collect()
}

/// The value with the members' names.
pub fn fill_in_names(value: &str, name: impl Fn(&MemberId) -> String) -> String {
    let part = |part: Result<&str, MemberId>| match part {
        Ok(text) => text.to_owned(),
        Err(member) => name(&member),
    };
    parts(value).map(part).collect()
}

/// Text (`Ok`) and members (`Err`) in turn. What only looks like a token is text.
fn parts(value: &str) -> impl Iterator<Item = Result<&str, MemberId>> {
    let mut left = value;
    std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        let token = |at: usize| {
            let (text, rest) = left.split_at_checked(at)?;
            let (id, rest) = rest.strip_prefix(OPEN)?.split_once(CLOSE)?;
            Some((text, MemberId::new(id).ok()?, rest))
        };
        let found = left.match_indices(OPEN).find_map(|(at, _)| token(at));
        match found {
            Some(("", member, rest)) => {
                left = rest;
                Some(Err(member))
            }
            Some((text, _, _)) => {
                left = left.get(text.len()..).unwrap_or_default();
                Some(Ok(text))
            }
            None => Some(Ok(std::mem::take(&mut left))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> MemberId {
        MemberId::new(id).unwrap()
    }

    #[test]
    fn names_stand_where_the_ids_stood_and_other_text_stays() {
        let value = format!(
            "1. {}: 12\n2. {}",
            member_token(&id("U1")),
            member_token(&id("<U>2"))
        );
        let shown = fill_in_names(&value, |member| format!("[{member}]"));
        assert_eq!(shown, "1. [U1]: 12\n2. [<U>2]");
        let named: Vec<MemberId> = members_named(&value).into_iter().collect();
        assert_eq!(named, [id("<U>2"), id("U1")]);
    }

    #[test]
    fn what_only_looks_like_a_token_is_text() {
        for text in [
            "",
            "<#",
            "<#U1",
            "U1#>",
            "<##>",
            "<#a b#>",
            "a < b # c > d",
            "<#<#",
        ] {
            assert_eq!(fill_in_names(text, |_| "x".to_owned()), text);
            assert!(members_named(text).is_empty(), "{text}");
        }
        // An opening that is none before one that is.
        assert_eq!(fill_in_names("<#a b <#U1#>", |_| "x".to_owned()), "<#a b x");
    }
}
