//! The services beside the tables and queues, when they answer, refuse, or say nothing: secrets
//! and the report bucket, through the real clients.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use hearth_aws::clients;
use hearth_aws::config::{Config, Environment, Tables};
use hearth_aws::reports::{ReportId, Reports, S3Reports};
use hearth_aws::secrets::{AwsSecrets, OwnSecrets, SecretError, Secrets};
use hearth_aws::store::StoreError;
use hearth_domain::community::SecretRef;
use hearth_domain::ids::CommunityId;

/// What an endpoint does with one request.
#[derive(Debug, Clone)]
enum Reply {
    Says(u16, String),
    /// Never answers.
    Hangs,
}

/// An endpoint that follows a script, and notes what it was asked.
#[derive(Debug, Clone, Default)]
struct Endpoint {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Debug, Clone)]
struct Asked {
    what: String,
    condition: Option<String>,
    body: String,
}

impl Endpoint {
    fn of(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            replies: Arc::new(Mutex::new(replies.into_iter().collect())),
            asked: Arc::default(),
        }
    }

    fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        SharedHttpClient::new(http_client_fn(move |_, _| connector.clone()))
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn whats(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.what).collect()
    }

    fn secrets(&self) -> AwsSecrets {
        AwsSecrets::new(
            clients::ssm(&config(), Some(self.client())).unwrap(),
            clients::secrets_manager(&config(), Some(self.client())).unwrap(),
        )
    }

    fn reports(&self) -> S3Reports {
        let client = clients::s3(&config(), Some(self.client())).unwrap();
        S3Reports::new(client, "reports-of-a-test".to_owned())
    }
}

impl HttpConnector for Endpoint {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name| request.headers().get(name).map(str::to_owned);
        let path = request.uri().split("invalid").nth(1).unwrap_or_default();
        let place = || format!("{} {}", request.method(), path.split('?').next().unwrap());
        let body = request.body().bytes().unwrap_or_default();
        self.asked.lock().unwrap().push(Asked {
            what: header("x-amz-target").unwrap_or_else(place),
            condition: header("if-none-match"),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        let reply = self.replies.lock().unwrap().pop_front();
        HttpConnectorFuture::new(async move {
            match reply.expect("a request beyond the script") {
                Reply::Hangs => std::future::pending().await,
                Reply::Says(status, body) => Ok(HttpResponse::new(
                    StatusCode::try_from(status).unwrap(),
                    SdkBody::from(body),
                )),
            }
        })
    }
}

fn says(status: u16, body: impl Into<String>) -> Reply {
    Reply::Says(status, body.into())
}

fn refuses(code: &str) -> Reply {
    says(
        400,
        serde_json::json!({"__type": code, "message": "scripted"}).to_string(),
    )
}

fn parameters(values: &[(&str, &str)]) -> Reply {
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| {
            serde_json::json!({"Name": name, "Type": "SecureString", "Value": value})
        })
        .collect();
    says(
        200,
        serde_json::json!({"Parameters": values, "InvalidParameters": []}).to_string(),
    )
}

fn config() -> Config {
    Config {
        environment: Environment::of([
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]),
        tables: Tables {
            members: "members".to_owned(),
            journal: "journal".to_owned(),
        },
        queues: BTreeMap::new(),
        region: "local".to_owned(),
        endpoint: Some("http://aws.invalid".to_owned()),
    }
}

fn reference(text: &str) -> SecretRef {
    SecretRef::read(text).unwrap()
}

fn values(fetched: Vec<Result<hearth_aws::secrets::Fetched, SecretError>>) -> Vec<String> {
    fetched
        .into_iter()
        .map(|value| value.map_or_else(|error| error.to_string(), |fetched| fetched.value))
        .collect()
}

#[tokio::test]
async fn values_come_in_the_order_of_their_references_ten_parameters_a_request() {
    let all: Vec<SecretRef> = (0..11)
        .map(|n| reference(&format!("ssm:/hearth/acme/{n}")))
        .chain([reference("secretsmanager:hearth/acme/token")])
        .collect();
    let parameters = Endpoint::of([
        parameters(&[("/hearth/acme/9", "nine"), ("/hearth/acme/0", "zero")]),
        parameters(&[("/hearth/acme/10", "ten")]),
    ]);
    let manager = Endpoint::of([says(
        200,
        serde_json::json!({"SecretString": "token"}).to_string(),
    )]);
    let secrets = AwsSecrets::new(
        clients::ssm(&config(), Some(parameters.client())).unwrap(),
        clients::secrets_manager(&config(), Some(manager.client())).unwrap(),
    );
    let said = values(secrets.many(&all).await);
    assert_eq!(said[0], "zero");
    assert_eq!(said[1], "secret ssm:/hearth/acme/1 does not exist");
    assert_eq!(said[9..], ["nine", "ten", "token"]);
    assert_eq!(parameters.whats(), ["AmazonSSM.GetParameters"; 2]);
    assert_eq!(manager.whats(), ["secretsmanager.GetSecretValue"]);
    assert!(
        parameters.asked()[0]
            .body
            .contains("\"WithDecryption\":true")
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_of_secrets_that_is_busy_is_asked_three_times() {
    let parameter = [reference("ssm:/hearth/acme/a")];
    let endpoint = Endpoint::of([
        refuses("ThrottlingException"),
        says(500, "{}"),
        parameters(&[("/hearth/acme/a", "at last")]),
    ]);
    assert_eq!(
        values(endpoint.secrets().many(&parameter).await),
        ["at last"]
    );

    let endpoint = Endpoint::of(vec![refuses("ThrottlingException"); 3]);
    assert_eq!(
        values(endpoint.secrets().many(&parameter).await),
        ["secret ssm:/hearth/acme/a: ThrottlingException"]
    );
    assert_eq!(endpoint.whats().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_store_of_secrets_that_says_nothing_is_given_up_within_seven_seconds() {
    for text in ["ssm:/hearth/acme/a", "secretsmanager:hearth/acme/a"] {
        let endpoint = Endpoint::of(vec![Reply::Hangs; 3]);
        let begun = tokio::time::Instant::now();
        let error = endpoint.secrets().one(&reference(text)).await.unwrap_err();
        assert!(matches!(error, SecretError::Unavailable { .. }), "{error}");
        assert!(begun.elapsed() <= Duration::from_secs(7), "{text}");
    }
}

#[tokio::test]
async fn what_we_may_not_read_is_told_from_what_is_not_there() {
    for (text, code, expected) in [
        (
            "ssm:/hearth/acme/a",
            "AccessDeniedException",
            "secret ssm:/hearth/acme/a: not allowed to read it (AccessDeniedException)",
        ),
        (
            "secretsmanager:hearth/acme/a",
            "AccessDeniedException",
            "secret secretsmanager:hearth/acme/a: not allowed to read it (AccessDeniedException)",
        ),
        (
            "secretsmanager:hearth/acme/a",
            "ResourceNotFoundException",
            "secret secretsmanager:hearth/acme/a does not exist",
        ),
    ] {
        let endpoint = Endpoint::of([refuses(code)]);
        let error = endpoint.secrets().one(&reference(text)).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(endpoint.whats().len(), 1, "asking again would not help");
    }
}

#[tokio::test]
async fn a_community_cannot_borrow_anothers_secret() {
    let acme = CommunityId::new("acme").unwrap();
    let references = [
        reference("ssm:/hearth/other/token"),
        reference("ssm:/hearth/acme/token"),
        reference("secretsmanager:@hearth/stack/pseudonym-key"),
    ];
    let endpoint = Endpoint::of([parameters(&[("/hearth/acme/token", "own")])]);
    let own = OwnSecrets::new(endpoint.secrets(), "hearth".to_owned());
    let said: Vec<String> = own
        .fetch(&acme, &references)
        .await
        .into_iter()
        .map(|value| value.unwrap_or_else(|error| error.to_string()))
        .collect();
    assert_eq!(
        said,
        [
            "secret ssm:/hearth/other/token: a secret of acme is named hearth/acme/…",
            "own",
            "secret secretsmanager:@hearth/stack/pseudonym-key: a secret of acme is named hearth/acme/…",
        ]
    );
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].body.contains("other"), "it is not even asked for");
}

fn monday() -> ReportId {
    ReportId {
        community: CommunityId::new("acme").unwrap(),
        week: "2026-W02".parse().unwrap(),
        revision: 1,
    }
}

fn s3_error(status: u16, code: &str) -> Reply {
    says(
        status,
        format!("<Error><Code>{code}</Code><Message>scripted</Message></Error>"),
    )
}

#[tokio::test]
async fn a_record_is_added_once_and_its_page_is_put_over_the_one_before() {
    let endpoint = Endpoint::of([says(200, ""), says(200, "")]);
    let reports = endpoint.reports();
    assert!(reports.put(&monday(), "{}").await.unwrap());
    reports.put_page(&monday(), "<p>").await.unwrap();
    let asked = endpoint.asked();
    let places: Vec<&str> = asked.iter().map(|asked| asked.what.as_str()).collect();
    assert_eq!(
        places,
        [
            "PUT /reports-of-a-test/reports/acme/2026-W02/1.json",
            "PUT /reports-of-a-test/reports/acme/2026-W02/1.html",
        ]
    );
    assert_eq!(
        asked[0].condition.as_deref(),
        Some("*"),
        "never over another"
    );
    assert_eq!(
        asked[1].condition, None,
        "made from the record, whichever that is"
    );

    let endpoint = Endpoint::of([s3_error(412, "PreconditionFailed")]);
    assert!(!endpoint.reports().put(&monday(), "{}").await.unwrap());
}

#[tokio::test]
async fn the_index_is_put_over_the_one_before() {
    let endpoint = Endpoint::of([says(200, "")]);
    let community = monday().community;
    let done = endpoint.reports().put_index(&community, "<p>").await;
    done.unwrap();
    let asked = endpoint.asked();
    assert_eq!(
        asked[0].what,
        "PUT /reports-of-a-test/reports/acme/index.html"
    );
    assert_eq!(asked[0].condition, None);
}

/// Pages, the index and what anybody else put there are no records.
#[tokio::test]
async fn records_are_listed_page_by_page() {
    let listing = |keys: &[&str], next: Option<&str>| {
        let contents: String = keys
            .iter()
            .flat_map(|key| ["<Contents><Key>reports/acme/", *key, "</Key></Contents>"])
            .collect();
        let next = next.map_or_else(
            || "<IsTruncated>false</IsTruncated>".to_owned(),
            |token| {
                format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>")
            },
        );
        says(
            200,
            format!("<ListBucketResult>{contents}{next}</ListBucketResult>"),
        )
    };
    let endpoint = Endpoint::of([
        listing(
            &["2026-W02/2.json", "2026-W02/1.json", "2026-W02/1.html"],
            Some("more"),
        ),
        listing(
            &[
                "2025-W52/1.json",
                "index.html",
                "notes.json",
                "2026-W99/1.json",
            ],
            None,
        ),
    ]);
    let listed = endpoint.reports().list(&monday().community).await.unwrap();
    let week = |text: &str| text.parse().unwrap();
    assert_eq!(
        listed,
        [
            (week("2025-W52"), 1),
            (week("2026-W02"), 1),
            (week("2026-W02"), 2)
        ]
    );
    assert_eq!(endpoint.whats().len(), 2);
}

#[tokio::test]
async fn a_link_is_signed_for_a_week_without_a_request() {
    let endpoint = Endpoint::of([]);
    let url = endpoint.reports().url(&monday()).await.unwrap().unwrap();
    let (place, query) = url.split_once('?').unwrap();
    assert_eq!(
        place,
        "http://aws.invalid/reports-of-a-test/reports/acme/2026-W02/1.html"
    );
    for part in ["X-Amz-Expires=604800", "X-Amz-Signature="] {
        assert!(query.contains(part), "{part} in {query}");
    }
    assert!(endpoint.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_fails_is_an_error_and_no_missing_report() {
    let endpoint = Endpoint::of([s3_error(404, "NoSuchKey"), says(200, "{\"a\":1}")]);
    let reports = endpoint.reports();
    assert_eq!(reports.get(&monday()).await.unwrap(), None);
    assert_eq!(
        reports.get(&monday()).await.unwrap().as_deref(),
        Some("{\"a\":1}")
    );
    for (replies, code) in [
        (vec![s3_error(503, "SlowDown"); 3], "SlowDown"),
        (vec![s3_error(403, "AccessDenied")], "AccessDenied"),
        (vec![s3_error(404, "NoSuchBucket")], "NoSuchBucket"),
        (vec![Reply::Hangs; 3], "timeout"),
    ] {
        let endpoint = Endpoint::of(replies.clone());
        assert_eq!(
            endpoint.reports().get(&monday()).await,
            Err(StoreError::Unavailable {
                operation: "GetObject",
                code: code.to_owned()
            })
        );
        assert_eq!(endpoint.whats().len(), replies.len());
        let endpoint = Endpoint::of(replies);
        assert_eq!(
            endpoint.reports().put(&monday(), "{}").await,
            Err(StoreError::Unavailable {
                operation: "PutObject",
                code: code.to_owned()
            })
        );
    }
}
