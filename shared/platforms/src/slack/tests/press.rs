//! Forms: buttons, and what else comes as a form.

use super::*;

#[test]
fn buttons_arrive_as_a_form() {
    let whole = "slack:T123:press:U1:1767600000.000100:1767600005.000600 | 2026-01-05T08:00:05.0006Z +600 | U1 | \
                 Pressed { message: Some(MessageId { community: \"acme\", owner: Member(\"U1\"), path: \
                 \"onboarding/1/day-1\" }), value: \"interest:ai\" }";
    let action = |more: Value| {
        let mut body = press(json!({}));
        body["actions"][0]
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let foreign = whole.split(" Pressed").next().unwrap().to_owned()
        + " Pressed { message: None, value: \"interest:ai\" }";
    for (payload, expected) in [
        (press(json!({})), whole),
        (press(json!({"team": null})), whole),
        (
            press(
                json!({"container": {"type": "message"}, "message": {"ts": "1767600000.000100"}}),
            ),
            whole,
        ),
        (
            action(json!({"value": null, "selected_option": {"value": "interest:ai"}})),
            whole,
        ),
        (action(json!({"block_id": "b12x"})), &foreign),
        (
            action(json!({"block_id": "other/U1/onboarding/1/day-1"})),
            &foreign,
        ),
        (action(json!({"value": null})), "not for us: no-value"),
        (
            press(json!({"container": {"type": "view"}})),
            "not for us: not-in-a-message",
        ),
        (
            press(json!({"team": {"id": "T999"}})),
            "not for us: other-workspace",
        ),
        (
            press(json!({"type": "view_submission"})),
            "not for us: unknown-type",
        ),
        (
            press(json!({"actions": null})),
            "error: actions: expected a list",
        ),
        (
            press(json!({"user": {"id": "U#1"}})),
            "error: user.id: expected 1 to 64 letters, digits, _ and -",
        ),
        (
            action(json!({"action_ts": null})),
            "error: actions[].action_ts: expected seconds.microseconds",
        ),
        (
            action(json!({"value": 7})),
            "error: actions[].value: expected a string",
        ),
    ] {
        let community = community(Platform::Slack, HOME);
        for content_type in [
            &[("content-type", "application/x-www-form-urlencoded")][..],
            &[],
        ] {
            let body = form_of(&payload.to_string());
            let headers = headers(content_type);
            assert_eq!(
                line(&parse(&request(&headers, &body), &community)),
                expected,
                "{payload}"
            );
        }
    }
    let mut two = press(json!({}));
    two["actions"] = json!([two["actions"][0], two["actions"][0]]);
    let Ok(Parsed::Events(events)) = deliver(HOME, two.to_string().as_bytes()) else {
        panic!("two presses")
    };
    assert_ne!(events[0].id, events[1].id);
}

#[test]
fn other_forms_are_none_of_ours() {
    let headers = headers(&[(
        "Content-Type",
        "application/x-www-form-urlencoded; charset=utf-8",
    )]);
    for (body, expected) in [
        (
            &b"token=x&team_id=T123&command=%2Fhello&text="[..],
            "not for us: slash-command",
        ),
        (b"ssl_check=1&token=x", "not for us: unknown-form"),
        (b"", "not for us: unknown-form"),
        (b"\xff\xfe%00%ff", "not for us: unknown-form"),
        (
            b"payload=%7B%7D&payload=%7B%7D",
            "error: not a form with exactly one payload",
        ),
        (
            b"payload=%ff",
            "error: not readable JSON at line 1, column 1",
        ),
        (b"payload=%7B%7D", "error: type: expected a string"),
    ] {
        assert_eq!(
            line(&parse(
                &request(&headers, body),
                &community(Platform::Slack, None)
            )),
            expected
        );
    }
}
