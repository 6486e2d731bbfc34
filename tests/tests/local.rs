//! The local stack over real HTTP: what other programs rely on.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::path::PathBuf;
use std::sync::Arc;

use hearth_aws::clock::Clock;
use hearth_aws::store::Kind;
use hearth_domain::playbook::Playbook;
use hearth_local::clock::StackClock;
use hearth_local::deliveries::{Delivery, slack_ts};
use hearth_local::server;
use hearth_local::stack::{Data, Options, Stack};
use hearth_messenger::SdkHttp;
use hearth_platforms::Http;
use hearth_tests::world::{ACME, MONDAY, SHOP, World, standing_at, world, world_with};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A client of a served stack.
pub(crate) struct Client {
    base: String,
    http: SdkHttp,
}

impl Client {
    fn request(&self, method: http::Method, path: &str) -> http::request::Builder {
        http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
    }

    async fn call(&self, request: http::request::Builder, body: Vec<u8>) -> (u16, Vec<u8>) {
        let request = request.body(body).unwrap();
        let answer = self.http.call(request).await.unwrap();
        (answer.status().as_u16(), answer.into_body())
    }

    /// `GET`: status and body.
    pub(crate) async fn get(&self, path: &str) -> (u16, Vec<u8>) {
        self.call(self.request(http::Method::GET, path), Vec::new())
            .await
    }

    /// `POST`: status and body.
    pub(crate) async fn post(&self, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
        self.call(self.request(http::Method::POST, path), body)
            .await
    }

    /// `DELETE`: status and body.
    pub(crate) async fn delete(&self, path: &str) -> (u16, Vec<u8>) {
        self.call(self.request(http::Method::DELETE, path), Vec::new())
            .await
    }

    /// A delivery, with its headers.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> (u16, Vec<u8>) {
        let mut request = self.request(http::Method::POST, &delivery.path);
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        self.call(request, delivery.body.clone()).await
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    async fn ask(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.post(path, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// What is refused: the status, and words for the person.
    async fn refused(&self, path: &str, body: &str) -> (u16, String) {
        let (status, body) = self.post(path, body.as_bytes().to_vec()).await;
        let body: Value = serde_json::from_slice(&body).unwrap();
        (status, body["error"].as_str().unwrap().to_owned())
    }
}

/// Serves a stack on a loopback port while the story is told, then stops it.
pub(crate) async fn served<T>(stack: Arc<Stack>, story: impl AsyncFnOnce(&Client) -> T) -> T {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client {
        base: format!("http://{}", listener.local_addr().unwrap()),
        http: SdkHttp::new(),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = Box::pin(server::serve(stack, listener, async {
        let _ = stopped.await;
    }));
    let telling = async move {
        let told = story(&client).await;
        stop.send(()).unwrap();
        told
    };
    let (serving, told) = tokio::join!(serving, telling);
    serving.unwrap();
    told
}

fn joins(world: &World, user: &str) -> Delivery {
    let event = json!({"type": "member_joined_channel", "user": user, "channel": "C0GENERAL", "channel_type": "C", "team": "T123", "event_ts": slack_ts(world.now())});
    world.slack.event(&event, world.now())
}

#[tokio::test]
async fn time_passes_when_it_is_told_to() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        assert_eq!(
            client.read("/local/clock").await,
            json!({"now": MONDAY, "virtual": true})
        );
        assert_eq!(client.deliver(&joins(&world, "U1")).await.0, 200);
        let drained = client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(drained["now"], MONDAY, "nothing but what is queued");
        assert!(
            drained["invocations"].as_u64().unwrap() >= 2,
            "onboarding and the messenger"
        );
        assert_eq!(
            client
                .read("/local/outbox?community=acme&member=U1")
                .await
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let day = client
            .ask("/local/clock", json!({"advance": "P1DT1H"}))
            .await;
        assert_eq!(day["now"], "2026-01-06T02:00:00Z");
        let week = client
            .ask("/local/clock", json!({"set": "2026-01-12T00:00:00Z"}))
            .await;
        assert_eq!(week["now"], "2026-01-12T00:00:00Z");
        let same = client
            .ask("/local/clock", json!({"set": "2026-01-12T00:00:00Z"}))
            .await;
        assert_eq!(same["invocations"], 0);
        for bad in [
            r#"{"set":"2026-01-11T23:59:59Z"}"#,
            r#"{"advance":"-PT1S"}"#,
            r#"{"advance":"tomorrow"}"#,
            r#"{"advance":"P1M"}"#,
            r#"{"advance":"P9999999D"}"#,
            r#"{"set":"2026-01-13"}"#,
            r#"{"set":"2026-01-13T00:00:00Z","advance":"P1D"}"#,
            r#"{"advance":1}"#,
            r#"{"back":"P1D"}"#,
            "{}",
            "",
            "now",
        ] {
            assert_eq!(client.refused("/local/clock", bad).await.0, 400, "{bad}");
        }
        assert_eq!(
            client.read("/local/clock").await["now"],
            "2026-01-12T00:00:00Z",
            "nothing moved"
        );
    })
    .await;
}

#[tokio::test]
async fn the_outbox_and_the_ledger_can_be_read() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        client.deliver(&joins(&world, "U1")).await;
        client.deliver(&joins(&world, "U2")).await;
        client
            .ask("/local/clock", json!({"advance": "P1DT1H"}))
            .await;
        let outbox = client.read("/local/outbox?community=acme&member=U1").await;
        let first = &outbox[0];
        assert_eq!(
            (&first["kind"], &first["member"], &first["channel"]),
            (&json!("onboarding.day-1"), &json!("U1"), &Value::Null)
        );
        assert_eq!(first["message_id"], "acme/U1/onboarding/1/day-1");
        assert_eq!(
            first["buttons"][0],
            json!({"label": "實用工具", "value": "interest:tools"})
        );
        assert_eq!(
            client.read("/local/outbox").await.as_array().unwrap().len(),
            6
        );
        let last = client
            .read("/local/outbox?community=acme")
            .await
            .as_array()
            .unwrap()
            .last()
            .unwrap()["seq"]
            .as_u64()
            .unwrap();
        assert_eq!(
            client
                .read(&format!("/local/outbox?after={}", last - 1))
                .await
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            client.read("/local/outbox?community=other").await,
            json!([])
        );
        let ledger = client.read("/local/ledger?community=acme&member=U1").await;
        assert_eq!(ledger[0]["message_id"], "acme/U1/onboarding/1/day-1");
        assert_eq!(
            (&ledger[0]["state"], &ledger[0]["reason"], &ledger[0]["at"]),
            (&json!("SENT"), &Value::Null, &json!(MONDAY))
        );
        assert_eq!(
            client
                .read("/local/ledger?community=acme")
                .await
                .as_array()
                .unwrap()
                .len(),
            6
        );
    })
    .await;
}

#[tokio::test]
async fn members_can_be_read_and_what_is_not_there_is_said_to_be_so() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        client.deliver(&joins(&world, "U1")).await;
        client.deliver(&joins(&world, "U2")).await;
        client
            .ask("/local/clock", json!({"advance": "P1DT1H"}))
            .await;
        let member = client.read("/local/members/acme/U1").await;
        for (field, value) in [
            ("status", json!("member")),
            ("segment", json!("new")),
            ("points", json!(0)),
            ("streak", json!(0)),
            ("longest_streak", json!(0)),
            ("level", json!(1)),
            ("win_back", Value::Null),
        ] {
            assert_eq!(member[field], value, "{field}");
        }
        assert_eq!(
            (
                &member["onboarding"]["state"],
                &member["onboarding"]["next_step"]
            ),
            (&json!("active"), &json!(2))
        );
        let members = client.read("/local/members/acme").await;
        assert_eq!(
            members
                .as_array()
                .unwrap()
                .iter()
                .map(|member| member["member"].clone())
                .collect::<Vec<_>>(),
            ["U1", "U2"]
        );
        for (path, expected) in [
            ("/local/members/acme/U9", 404),
            ("/local/members/nobody/U1", 404),
            ("/local/members/nobody", 404),
            ("/local/members/acme/%23", 400),
            ("/local/ledger", 400),
            ("/local/ledger?community=ACME", 400),
            ("/local/ledger?community=acme&member=%20", 400),
            ("/local/outbox?after=x", 400),
            ("/local/no-such-thing", 404),
        ] {
            assert_eq!(client.get(path).await.0, expected, "{path}");
        }
        let (status, page) = client.get("/").await;
        assert_eq!(status, 200);
        assert!(String::from_utf8(page).unwrap().contains("Acme Makers"));
    })
    .await;
}

#[tokio::test]
async fn a_button_of_the_sandbox_can_be_pressed() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        client.deliver(&joins(&world, "U1")).await;
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        let press = |id: &str, value: &str| json!({"community": "acme", "member": "U1", "message_id": id, "value": value});
        client.ask("/local/press", press("acme/U1/onboarding/1/day-1", "interest:growth")).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/members/acme/U1").await["interest"], "growth");
        for (body, expected) in [
            (press("acme/U1/onboarding/1/day-9", "interest:growth").to_string(), 404),
            (press("acme", "interest:growth").to_string(), 400),
            (press("acme/U1/onboarding/1/day-1", "x").to_string().replace("\"acme\"", "\"nobody\""), 404),
            ("{}".to_owned(), 400),
            ("press".to_owned(), 400),
        ] {
            assert_eq!(client.refused("/local/press", &body).await.0, expected, "{body}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_button_of_a_gateways_message_can_be_pressed() {
    let world = world_with(standing_at(MONDAY), SHOP).await;
    served(world.stack.clone(), async |client| {
        let joined = hearth_tests::world::shop().event("e1", "member.joined", world.now(), &json!({"member": "m1"}), world.now()).unwrap();
        assert_eq!(client.deliver(&joined).await.0, 200);
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        client.ask("/local/press", json!({"community": "shop", "member": "m1", "message_id": "shop/m1/onboarding/1/day-1", "value": "interest:tools"})).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/members/shop/m1").await["interest"], "tools");
    })
    .await;
}

#[tokio::test]
async fn a_button_of_a_line_message_can_be_pressed() {
    let world = world_with(standing_at(MONDAY), crate::line::CLUB).await;
    served(world.stack.clone(), async |client| {
        let joined = crate::line::joined(&["U1"], world.now());
        let joined = crate::line::channel().events(&[joined]);
        assert_eq!(client.deliver(&joined).await.0, 200);
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        client.ask("/local/press", json!({"community": "acme", "member": "U1", "message_id": "acme/U1/onboarding/1/day-1", "value": "interest:tools"})).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/members/acme/U1").await["interest"], "tools");
    })
    .await;
}

#[tokio::test]
async fn a_button_of_a_telegram_message_can_be_pressed() {
    let world = world_with(standing_at(MONDAY), crate::telegram::CLUB).await;
    served(world.stack.clone(), async |client| {
        let joined = crate::telegram::status(1, 42, "left", "member", world.now());
        assert_eq!(client.deliver(&joined).await.0, 200);
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        client.ask("/local/press", json!({"community": "acme", "member": "42", "message_id": "acme/42/onboarding/1/day-1", "value": "interest:tools"})).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/members/acme/42").await["interest"], "tools");
    })
    .await;
}

#[tokio::test]
async fn a_button_of_a_discord_message_can_be_pressed_with_the_stacks_own_key() {
    let world = world_with(standing_at(MONDAY), crate::discord::CLUB).await;
    served(world.stack.clone(), async |client| {
        let joined = crate::discord::joined("42", world.now());
        assert_eq!(client.deliver(&joined).await.0, 200);
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        let press = json!({"community": "acme", "member": "42", "message_id": "acme/42/onboarding/1/day-1", "value": "interest:tools"});
        client.ask("/local/press", press.clone()).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/members/acme/42").await["interest"], "tools");

        // With a key of Discord's the stack cannot sign, and says which one it can sign with.
        let own = "2263bcbcb51fb38a4f514af7b0e46bfe2671cd39afd43991cc37b48b3292fd23";
        let discords = crate::discord::CLUB.replace(own, &"ab".repeat(32));
        world.publish(Kind::Community, &discords).await;
        let (status, words) = client.refused("/local/press", &press.to_string()).await;
        assert_eq!(status, 400);
        assert!(words.ends_with(&format!("public_key = \"literal:{own}\"")), "{words}");
    })
    .await;
}

#[tokio::test]
async fn a_button_of_a_feishu_message_can_be_pressed() {
    let world = world_with(standing_at(MONDAY), crate::feishu::CLUB).await;
    served(world.stack.clone(), async |client| {
        let joined = crate::feishu::moved("added", &["ou_1"], world.now());
        let joined = crate::feishu::app().deliver(&joined, world.now());
        assert_eq!(client.deliver(&joined).await.0, 200);
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        client.ask("/local/press", json!({"community": "acme", "member": "ou_1", "message_id": "acme/ou_1/onboarding/1/day-1", "value": "interest:tools"})).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/members/acme/ou_1").await["interest"], "tools");
    })
    .await;
}

#[tokio::test]
async fn a_report_is_a_record_and_a_page() {
    let world = world().await;
    world.joins("U1").await;
    served(world.stack.clone(), async |client| {
        assert_eq!(
            client.get("/local/reports/acme/2026-W02").await.0,
            404,
            "not yet"
        );
        assert_eq!(client.read("/local/reports/acme").await, json!([]));
        client
            .ask("/local/clock", json!({"set": "2026-01-14T00:00:00Z"}))
            .await;
        assert_eq!(
            client.read("/local/reports/acme").await,
            json!([{"week": "2026-W02", "revision": 1}, {"week": "2026-W02", "revision": 2}])
        );
        for path in [
            "/local/reports/acme/2026-W02",
            "/local/reports/acme/2026-W02.json",
        ] {
            let report = client.read(path).await;
            assert_eq!(
                (
                    &report["week"],
                    &report["revision"],
                    &report["numbers"]["new"]
                ),
                (&json!("2026-W02"), &json!(2), &json!(1))
            );
        }
        let browser = client
            .request(http::Method::GET, "/local/reports/acme")
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assert_eq!(
            client.call(browser, Vec::new()).await.0,
            303,
            "a browser goes on to the page of all weeks"
        );
        let (status, page) = client
            .get("/local/reports/acme/2026-W02.html?lang=en")
            .await;
        let page = String::from_utf8(page).unwrap();
        assert_eq!(status, 200);
        assert!(
            page.contains("Acme Makers")
                && page.contains("2026-W02")
                && page.contains("lang=\"en\""),
            "{}",
            &page[..400]
        );
        for (path, expected) in [
            ("/local/reports/nobody/index.html", 404),
            ("/local/reports/acme/2026-W02.pdf", 404),
            ("/local/reports/acme/2026-W03", 404),
            ("/local/reports/acme/2026-W99", 400),
            ("/local/reports/acme/last", 400),
            ("/local/reports/nobody/2026-W02", 404),
        ] {
            assert_eq!(client.get(path).await.0, expected, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_sandbox_fails_as_it_is_told() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        for bad in [
            "{}",
            r#"{"chat":{}}"#,
            r#"{"chat":{"status":"no"}}"#,
            r#"{"queue":{}}"#,
            "",
        ] {
            assert_eq!(client.refused("/local/faults", bad).await.0, 400, "{bad}");
        }
        client
            .ask(
                "/local/faults",
                json!({"chat": {"status": 429, "times": 2, "retry_after": 90}}),
            )
            .await;
        client.deliver(&joins(&world, "U1")).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/outbox").await, json!([]));
        assert_eq!(
            client.read("/local/ledger?community=acme").await[0]["state"],
            "PENDING"
        );
        client
            .ask("/local/clock", json!({"advance": "PT89S"}))
            .await;
        assert_eq!(
            client.read("/local/outbox").await,
            json!([]),
            "not before the platform said"
        );
        client.ask("/local/clock", json!({"advance": "PT1M"})).await;
        assert_eq!(
            client.read("/local/outbox").await.as_array().unwrap().len(),
            2
        );
        let ledger = client.read("/local/ledger?community=acme").await;
        assert!(
            ledger
                .as_array()
                .unwrap()
                .iter()
                .all(|row| row["state"] == "SENT" && row["attempt"] == 2),
            "{ledger}"
        );
        // An answer that is lost: Slack has no key to drop a repetition by, so it is not sent again.
        client
            .ask("/local/faults", json!({"chat": {"error": "lost-answer"}}))
            .await;
        client.ask("/local/clock", json!({"advance": "P1D"})).await;
        client.ask("/local/clock", json!({"advance": "PT1H"})).await;
        let ledger = client.read("/local/ledger?community=acme&member=U1").await;
        assert_eq!(ledger[2]["state"], "UNKNOWN");
        assert_eq!(
            client.read("/local/outbox").await.as_array().unwrap().len(),
            3,
            "it had arrived"
        );
    })
    .await;
}

#[tokio::test]
async fn dead_letters_can_be_read_and_redriven() {
    let world = world().await;
    let event = r#"{"type":"EventV1","community":"shop","id":"x:1","at":"2026-01-05T01:00:00Z","member":"m1","what":{"kind":"joined"}}"#;
    world
        .stack
        .queues
        .put(hearth_aws::queue::QueueName::Onboarding, event.to_owned());
    served(world.stack.clone(), async |client| {
        assert_eq!(client.read("/local/dead-letters").await, json!([]));
        client
            .ask("/local/clock", json!({"advance": "PT20M"}))
            .await;
        assert_eq!(
            client.read("/local/dead-letters").await,
            json!([{"queue": "onboarding", "body": event}])
        );
        assert_eq!(
            client
                .post("/local/published/community", SHOP.into())
                .await
                .0,
            200
        );
        assert_eq!(
            client.ask("/local/redrive", json!({})).await,
            json!({"redriven": 1})
        );
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert_eq!(client.read("/local/dead-letters").await, json!([]));
        assert_eq!(
            client.read("/local/members/shop/m1").await["status"],
            "member"
        );
    })
    .await;
}

#[tokio::test]
async fn files_are_published_to_a_running_stack() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        assert_eq!(
            client.read("/local/published/community").await,
            json!([{"id": "acme", "version": 1}])
        );
        let publish = async |kind: &str, toml: &str| {
            let (status, body) = client
                .post(
                    &format!("/local/published/{kind}"),
                    toml.as_bytes().to_vec(),
                )
                .await;
            (status, serde_json::from_slice::<Value>(&body).unwrap())
        };
        let renamed = ACME.replace("Acme Makers", "Acme Builders");
        assert_eq!(
            publish("community", &renamed).await,
            (200, json!({"id": "acme", "version": 2}))
        );
        assert_eq!(
            publish("community", &renamed).await,
            (200, json!({"id": "acme", "version": 2})),
            "the same file is no new version"
        );
        let shown = client.read("/local/published/community/acme").await;
        assert_eq!(
            (&shown["version"], &shown["toml"]),
            (&json!(2), &json!(renamed))
        );
        assert_eq!(
            publish("playbook", Playbook::DEFAULT_TOML).await.1["version"],
            1
        );
        let (status, body) = publish(
            "community",
            "id = \"Acme\"\nplatform = \"irc\"\ncolour = 1\n",
        )
        .await;
        assert_eq!(status, 422);
        let problems: Vec<&str> = body["problems"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(problems.len() > 5, "all of them at once: {problems:?}");
        assert!(
            problems
                .iter()
                .any(|problem| problem.contains("line 2") && problem.contains("platform")),
            "by line and key: {problems:?}"
        );
        assert_eq!(publish("playbook", "id = ").await.0, 422);
        for (what, toml) in [
            (
                "a playbook that is not there",
                ACME.replace("playbook = \"default\"", "playbook = \"other\""),
            ),
            (
                "another platform",
                SHOP.replace("id = \"shop\"", "id = \"acme\""),
            ),
            (
                "other shards",
                ACME.replace("staff =", "shards = 8\nstaff ="),
            ),
        ] {
            assert_eq!(publish("community", &toml).await.0, 409, "{what}");
        }
        assert_eq!(publish("recipe", "x = 1").await.0, 404);
        assert_eq!(client.get("/local/published/community/nobody").await.0, 404);
        assert_eq!(client.get("/local/published/recipe").await.0, 404);
        // It shows at once, in what members get as well.
        client.deliver(&joins(&world, "U1")).await;
        client.ask("/local/clock", json!({"advance": "PT0S"})).await;
        assert!(
            client.read("/local/outbox").await[0]["text"]
                .as_str()
                .unwrap()
                .contains("Acme Builders")
        );
    })
    .await;
}

#[tokio::test]
async fn the_machines_clock_is_not_ours_to_move() {
    let world = world_with(Options::in_memory(StackClock::System), ACME).await;
    served(world.stack.clone(), async |client| {
        assert_eq!(client.read("/local/clock").await["virtual"], false);
        let (status, words) = client.refused("/local/clock", r#"{"advance":"P1D"}"#).await;
        assert_eq!(status, 409, "{words}");
        // And nobody needs to: what arrives is handled.
        assert_eq!(client.deliver(&joins(&world, "U1")).await.0, 200);
        let mut waited = 0;
        while client.read("/local/outbox").await.as_array().unwrap().len() < 2 {
            waited += 1;
            assert!(waited < 200, "not handled within ten seconds");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_clean_stop_handles_what_was_accepted() {
    let world = world().await;
    served(world.stack.clone(), async |client| {
        assert_eq!(client.deliver(&joins(&world, "U1")).await.0, 200);
    })
    .await;
    assert_eq!(
        world.sent("U1"),
        ["onboarding.day-1", "onboarding.day-1.guide"]
    );
    assert!(world.stack.queues.next_visible().is_none());
}

/// A file of this run's own.
fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{name}-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

fn on_file(path: &std::path::Path, at: Timestamp) -> Options {
    Options {
        data: Data::File(path.to_owned()),
        ..Options::in_memory(StackClock::standing_at(at))
    }
}

#[tokio::test]
async fn what_is_in_a_file_outlives_the_process() {
    let path = file("restart");
    let (before, ledger, stopped) = {
        let world = world_with(on_file(&path, MONDAY.parse().unwrap()), ACME).await;
        world.joins("U1").await;
        world.says("U1", "C0CHECKIN", "今天開始").await;
        world.until("2026-01-07T03:00:00Z").await;
        world.says("U1", "C0CHECKIN", "又一天").await;
        (
            world.member("U1").await,
            world.ledger("U1").await,
            world.now(),
        )
    };
    // Not published again: everything is in the tables.
    let stack = Arc::new(Stack::start(on_file(&path, stopped)).await.unwrap());
    served(stack.clone(), async |client| {
        assert_eq!(
            client.read("/local/published/community").await,
            json!([{"id": "acme", "version": 1}])
        );
        let community = stack.community("acme").await.unwrap().unwrap();
        let known = stack
            .store
            .member(&community, &"U1".parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(known, before);
        let rows = client.read("/local/ledger?community=acme&member=U1").await;
        assert_eq!(rows.as_array().unwrap().len(), ledger.len());
        // The plan goes on where it was, and the streak too.
        client
            .ask("/local/clock", json!({"set": "2026-01-11T03:00:00Z"}))
            .await;
        let kinds: Vec<Value> = client
            .read("/local/outbox")
            .await
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["kind"].clone())
            .collect();
        assert_eq!(
            kinds,
            [
                "closing.wall",
                "onboarding.day-4.fallback",
                "onboarding.day-4.fallback",
                "onboarding.day-6.fallback",
                "onboarding.day-7.missed"
            ]
        );
        assert_eq!(
            client.read("/local/members/acme/U1").await["onboarding"]["state"],
            "finished"
        );
        assert_eq!(client.read("/local/members/acme/U1").await["points"], 10);
    })
    .await;
    drop(stack);
    let _ = std::fs::remove_file(&path);
}

#[tokio::test]
async fn a_stack_that_was_down_catches_up() {
    let path = file("down");
    {
        let world = world_with(on_file(&path, MONDAY.parse().unwrap()), ACME).await;
        world.joins("U1").await;
    }
    // Five hours after the second step was due.
    let stack = Stack::start(on_file(&path, "2026-01-06T07:00:00Z".parse().unwrap()))
        .await
        .unwrap();
    stack
        .advance_to(stack.clock.now() + jiff::SignedDuration::from_mins(2))
        .await
        .unwrap();
    let received = stack.sandbox.received(Some("acme"), Some("U1"), None);
    assert_eq!(
        received
            .iter()
            .map(|message| message.kind.as_str())
            .collect::<Vec<_>>(),
        ["onboarding.day-2"]
    );
    assert_eq!(
        stack.store.list_published(Kind::Community).await.unwrap(),
        [("acme".to_owned(), 1)]
    );
    drop(stack);
    let _ = std::fs::remove_file(&path);
}
