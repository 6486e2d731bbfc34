//! What a message says: its `content` is JSON in a string, of another form for every type.

use serde_json::Value;

use crate::fields::Fields;

/// The text that keywords are looked for in, without mentions; `None` for a picture, a file, or
/// what cannot be read: it was posted all the same.
pub(super) fn written(fields: &Fields<'_>) -> Option<String> {
    let content: Value = serde_json::from_str(fields.hint("event.message.content")?).ok()?;
    let content = Fields::new(&content);
    let text = match fields.hint("event.message.message_type")? {
        "text" => content.hint("text")?.to_owned(),
        "post" => post(&content),
        _ => return None,
    };
    Some(without_mentions(text, fields))
}

/// A rich text: a title and paragraphs of pieces. A mention is a piece of its own.
fn post(content: &Fields<'_>) -> String {
    let paragraphs = content.get("content").and_then(Value::as_array);
    let paragraphs = paragraphs.into_iter().flatten().map(|pieces| {
        let pieces = pieces.as_array().into_iter().flatten().map(Fields::new);
        pieces
            .filter(|piece| piece.hint("tag") != Some("at"))
            .filter_map(|piece| piece.hint("text"))
            .collect::<String>()
    });
    let title = content.hint("title").filter(|title| !title.is_empty());
    let lines: Vec<String> = title
        .map(str::to_owned)
        .into_iter()
        .chain(paragraphs)
        .collect();
    lines.join("\n").trim().to_owned()
}

/// In the text, a mention is a key like `@_user_1`, and what follows it may be a keyword.
fn without_mentions(text: String, fields: &Fields<'_>) -> String {
    let mentions = fields
        .get("event.message.mentions")
        .and_then(Value::as_array);
    let mut keys: Vec<&str> = mentions
        .into_iter()
        .flatten()
        .filter_map(|mention| mention.get("key")?.as_str())
        .filter(|key| key.len() > 1 && key.starts_with('@'))
        .collect();
    if keys.is_empty() {
        return text;
    }
    // `@_user_1` is the beginning of `@_user_10`.
    keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
    let text = keys.iter().fold(text, |text, key| text.replace(key, ""));
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(kind: &str, content: &Value, keys: &[&str]) -> Option<String> {
        let mentions: Vec<Value> = keys.iter().map(|key| json!({"key": key})).collect();
        let message = json!({"message_type": kind, "content": content.to_string(),
                             "mentions": mentions});
        written(&Fields::new(&json!({"event": {"message": message}})))
    }

    #[test]
    fn texts_are_read_without_their_mentions() {
        let many: Vec<String> = (1..=11).map(|n| format!("@_user_{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (text, keys, expected) in [
            ("早安 😄", &[][..], "早安 😄"),
            ("@_user_1 打卡", &["@_user_1"], "打卡"),
            ("打卡 @_user_10@_user_1", &many, "打卡"),
            ("@_all 打卡", &["@_all"], "打卡"),
            ("@_user_1 打卡", &[], "@_user_1 打卡"),
            ("a @ b", &["@", "", "b"], "a @ b"),
        ] {
            let found = read("text", &json!({"text": text}), keys);
            assert_eq!(found.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn rich_texts_are_read_piece_by_piece() {
        let text = |text: &str| json!({"tag": "text", "text": text});
        let at = json!({"tag": "at", "user_id": "@_user_1", "user_name": "Tom", "text": "Tom"});
        let link = json!({"tag": "a", "text": "here", "href": "https://acme.example"});
        let image = json!({"tag": "img", "image_key": "img_1"});
        for (content, expected) in [
            (
                json!({"title": "Day 1", "content": [[at, text(" 打卡 "), link], [image], []]}),
                "Day 1\n 打卡 here",
            ),
            (json!({"title": "", "content": [[text("打卡")]]}), "打卡"),
            (json!({"content": [[7, "x", text("打卡")], "y"]}), "打卡"),
            (json!({"content": 7}), ""),
        ] {
            let found = read("post", &content, &["@_user_1"]);
            assert_eq!(found.as_deref(), Some(expected), "{content}");
        }
    }

    #[test]
    fn other_messages_have_no_text() {
        let image = json!({"image_key": "img_1", "text": "x"});
        assert_eq!(read("image", &image, &[]), None);
        assert_eq!(read("text", &json!({"text": 7}), &[]), None);
        assert_eq!(read("text", &json!("x"), &[]), None);
        let broken = json!({"event": {"message": {"message_type": "text", "content": "{"}}});
        assert_eq!(written(&Fields::new(&broken)), None);
        assert_eq!(written(&Fields::new(&json!({}))), None);
    }
}
