//! The cache of secrets over a store whose values and moods change.

use super::*;

/// What a store answers next, and how often it was asked.
#[derive(Default)]
struct Vault(Mutex<State>);

#[derive(Default)]
struct State {
    values: BTreeMap<String, String>,
    down: bool,
    asked: u32,
}

impl Vault {
    fn set(&self, reference: &str, value: &str) {
        let mut state = self.0.lock().unwrap();
        state.values.insert(reference.to_owned(), value.to_owned());
    }

    fn remove(&self, reference: &str) {
        self.0.lock().unwrap().values.remove(reference);
    }

    fn is_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    fn asked(&self) -> u32 {
        self.0.lock().unwrap().asked
    }
}

impl Secrets for Vault {
    fn fetch<'a>(
        &'a self,
        _: &'a CommunityId,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Vec<Result<String, SecretError>>> {
        Box::pin(async move {
            // An answer takes a while: others go on in between.
            tokio::task::yield_now().await;
            let mut state = self.0.lock().unwrap();
            state.asked += 1;
            let one = |reference: &SecretRef| {
                if state.down {
                    return Err(SecretError::Unavailable {
                        reference: reference.clone(),
                        code: "ThrottlingException".to_owned(),
                    });
                }
                let value = state.values.get(&reference.to_string()).cloned();
                value.ok_or_else(|| SecretError::Missing(reference.clone()))
            };
            references.iter().map(one).collect()
        })
    }
}

const A: &str = "ssm:/hearth/acme/a";
const B: &str = "ssm:/hearth/acme/b";

fn community(signing: &str) -> Community {
    let toml = format!(
        "id = \"acme\"\nplatform = \"slack\"\nname = \"Acme\"\nzone = \"UTC\"\nlocale = \"en\"\nplaybook = \"default\"\n\
         [secrets]\nsigning_secret = {signing}\nbot_token = \"secretsmanager:hearth/acme/bot\"\n"
    );
    Community::parse(&toml).unwrap()
}

fn acme() -> Community {
    community(&format!("\"{A}\""))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn signing(live: &Live) -> Vec<String> {
    live["signing_secret"].clone()
}

fn book() -> (Arc<Vault>, SecretBook) {
    let vault = Arc::new(Vault::default());
    vault.set(A, "one");
    (vault.clone(), SecretBook::verifying(vault))
}

#[tokio::test]
async fn a_rotated_value_shows_at_once_and_junk_does_not_drive_the_store() {
    let (vault, book) = book();
    let acme = acme();
    assert_eq!(signing(&book.of(&acme, at(0)).await.unwrap()), ["one"]);
    vault.set(A, "two");
    assert_eq!(
        signing(&book.of(&acme, at(10)).await.unwrap()),
        ["one"],
        "good for 300 s"
    );
    assert_eq!(
        book.again(&acme, at(10))
            .await
            .unwrap()
            .as_ref()
            .map(signing),
        Some(vec!["two".to_owned()]),
        "ten seconds after the first look"
    );
    for second in 11..70 {
        assert!(
            book.again(&acme, at(second)).await.unwrap().is_none(),
            "{second} s"
        );
    }
    assert_eq!(vault.asked(), 2);
    vault.set(A, "three");
    assert_eq!(
        book.again(&acme, at(70))
            .await
            .unwrap()
            .as_ref()
            .map(signing),
        Some(vec!["three".to_owned()])
    );
    // Nobody has asked for five minutes: one look, and that is no refetch after a signature.
    assert_eq!(signing(&book.of(&acme, at(400)).await.unwrap()), ["three"]);
    assert_eq!(vault.asked(), 4);
}

#[tokio::test]
async fn a_file_that_names_another_secret_is_asked_for_anew() {
    let (vault, book) = book();
    book.of(&acme(), at(0)).await.unwrap();
    vault.set(B, "two");
    let live = book.of(&community(&format!("\"{B}\"")), at(0)).await;
    assert_eq!(signing(&live.unwrap()), ["two"]);
}

#[tokio::test]
async fn a_function_fetches_only_the_secrets_that_it_uses() {
    let (vault, book) = book();
    // The bot token does not exist: the webhook does not need it, the messenger does.
    assert!(book.of(&acme(), at(0)).await.is_ok());
    let sending = SecretBook::sending(vault);
    assert_eq!(
        sending.of(&acme(), at(0)).await.unwrap_err().to_string(),
        "secret secretsmanager:hearth/acme/bot does not exist"
    );
}

#[tokio::test]
async fn many_that_find_nothing_ask_once() {
    let (vault, book) = book();
    let acme = acme();
    let all = (0..10).map(|_| book.of(&acme, at(0)));
    for live in futures::future::join_all(all).await {
        assert_eq!(signing(&live.unwrap()), ["one"]);
    }
    assert_eq!(vault.asked(), 1);
}

#[tokio::test]
async fn one_of_two_live_values_is_enough() {
    let (vault, book) = book();
    let rotating = community(&format!("[\"{B}\", \"{A}\"]"));
    assert_eq!(signing(&book.of(&rotating, at(0)).await.unwrap()), ["one"]);
    vault.set(B, "two");
    assert_eq!(
        signing(&book.of(&rotating, at(300)).await.unwrap()),
        ["two", "one"]
    );
}

#[tokio::test]
async fn while_the_store_does_not_answer_old_values_go_on_and_removed_ones_do_not() {
    let (vault, book) = book();
    book.of(&acme(), at(0)).await.unwrap();
    vault.is_down(true);
    for second in [300, 301, 329, 330] {
        assert_eq!(
            signing(&book.of(&acme(), at(second)).await.unwrap()),
            ["one"]
        );
    }
    assert_eq!(vault.asked(), 3, "at 0, 300 and 330");
    vault.is_down(false);
    vault.remove(A);
    assert!(matches!(
        book.of(&acme(), at(360)).await,
        Err(SecretError::Missing(_))
    ));
}

#[tokio::test]
async fn a_look_that_failed_is_not_made_again_at_once_and_many_that_fail_ask_once() {
    let (vault, book) = book();
    let acme = acme();
    vault.is_down(true);
    let all = (0..10).map(|_| book.of(&acme, at(0)));
    for live in futures::future::join_all(all).await {
        assert!(matches!(live, Err(SecretError::Unavailable { .. })));
    }
    assert!(book.of(&acme, at(29)).await.is_err());
    assert_eq!(vault.asked(), 1);
    // Mended: half a minute later it is seen. A file that names another secret is asked for at once.
    vault.is_down(false);
    vault.set(B, "two");
    let other = book.of(&community(&format!("\"{B}\"")), at(29)).await;
    assert_eq!(signing(&other.unwrap()), ["two"]);
    assert_eq!(signing(&book.of(&acme, at(30)).await.unwrap()), ["one"]);
}

#[tokio::test]
async fn junk_does_not_drive_a_store_that_fails() {
    let (vault, book) = book();
    let acme = acme();
    book.of(&acme, at(0)).await.unwrap();
    vault.is_down(true);
    assert!(book.again(&acme, at(10)).await.is_err());
    for second in 11..70 {
        assert!(book.again(&acme, at(second)).await.unwrap().is_none());
    }
    assert_eq!(vault.asked(), 2);
}

#[tokio::test]
async fn a_store_that_never_answered_is_an_error() {
    let (vault, book) = book();
    vault.is_down(true);
    assert_eq!(
        book.of(&acme(), at(0)).await.unwrap_err().to_string(),
        "secret ssm:/hearth/acme/a: ThrottlingException"
    );
}

#[tokio::test]
async fn a_malformed_value_is_refused_and_not_shown() {
    let (vault, book) = book();
    vault.set(A, "8f742231b10e8888\n");
    let error = book.of(&acme(), at(0)).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "secret ssm:/hearth/acme/a: it has a space or a line break in it"
    );
}

#[tokio::test]
async fn a_missing_secret_is_named_and_no_value_is_shown() {
    let secrets = LocalSecrets(Environment::of([("TOKEN", "xoxb")]));
    let acme = CommunityId::new("acme").unwrap();
    let asked = ["env:TOKEN", "env:NONE", "ssm:/a"].map(|text| SecretRef::read(text).unwrap());
    let said: Vec<String> = secrets
        .fetch(&acme, &asked)
        .await
        .into_iter()
        .map(|value| value.unwrap_or_else(|error| error.to_string()))
        .collect();
    assert_eq!(
        said,
        [
            "xoxb",
            "secret env:NONE does not exist",
            "secret ssm:/a: this deployment does not read from there"
        ]
    );
}
