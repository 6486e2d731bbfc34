//! A come-back gift whose pool runs dry: held, counted, and sent once more codes are there.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use hearth_domain::coupon::PoolId;
use hearth_domain::locale::Locale;
use hearth_domain::why;
use hearth_tests::world::{ACME, MONDAY, World, standing_at, world_with};

const GIFT: &str = r#"
[come_back_gift]
items = "工具試用 30 天"
pool = "back"
url = "https://acme.example/back"
"#;

const LEAVERS: [&str; 2] = ["U1", "U2"];
const GIFT_PATH: &str = "win-back/1/gift";

async fn import(world: &World, codes: &[&str]) {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let (community, pool) = (&world.community.id, PoolId::new("back").unwrap());
    let imported = world.stack.store.import_codes(community, &pool, &codes);
    assert_eq!(
        imported.await.unwrap().new,
        u64::try_from(codes.len()).unwrap()
    );
}

/// Two leavers who said why, three days later, with one code in the pool.
async fn two_leavers_and_one_code() -> World {
    let world = Box::pin(world_with(standing_at(MONDAY), &format!("{ACME}{GIFT}"))).await;
    import(&world, &["ONLY-ONE"]).await;
    for user in LEAVERS {
        world.joins(user).await;
    }
    world.until("2026-01-07T04:00:00Z").await;
    for user in LEAVERS {
        world.leaves(user).await;
    }
    world.minutes(10).await;
    for user in LEAVERS {
        world.presses(user, "win-back.survey", "few_benefits").await;
    }
    world.days(3).await;
    world
}

/// What the gifts say, by leaver.
fn gifts(world: &World) -> Vec<(String, String)> {
    let all = LEAVERS.iter().flat_map(|user| world.received(user));
    all.filter(|message| message.kind == "win-back.gift")
        .map(|message| (message.member.unwrap(), message.text))
        .collect()
}

#[tokio::test]
async fn the_second_of_two_waits_for_a_code_and_gets_the_next() {
    let world = two_leavers_and_one_code().await;
    let first = gifts(&world);
    assert_eq!(first.len(), 1, "one code, one gift: {first:?}");
    let (lucky, text) = first[0].clone();
    assert!(text.contains("優惠碼：ONLY-ONE"), "{text}");
    let waiting = LEAVERS.into_iter().find(|user| *user != lucky).unwrap();
    let held = format!("{GIFT_PATH} HELD");
    assert!(world.ledger(waiting).await.contains(&held));
    assert!(world.metrics.sum("coupon_pool_dry") > 0.5);

    // Why was this not sent?
    let row = async |user: &str| {
        let rows = world.messages(user).await;
        let gift = rows.into_iter().find(|row| row.id.path() == GIFT_PATH);
        gift.unwrap()
    };
    let told = |locale, message| {
        let lines = why::lines(message, &world.community.zone, locale);
        lines
            .into_iter()
            .map(|line| format!("{}: {}", line.label, line.text))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let message = row(waiting).await;
    for (locale, held, to_do) in [
        (
            Locale::ZhHant,
            "代碼用完了，不會送出空的代碼",
            "匯入更多代碼",
        ),
        (
            Locale::ZhHans,
            "兑换码已用完，不会发送空码",
            "导入更多兑换码",
        ),
        (
            Locale::En,
            "No coupon code is left, and none is sent empty",
            "Import more codes: hearth coupon import.",
        ),
    ] {
        let told = told(locale, &message);
        assert!(
            told.contains(held) && told.contains(to_do) && told.contains("HELD"),
            "{told}"
        );
    }

    // A day without codes sends nothing, gives up nothing and counts every look.
    let dry = world.metrics.sum("coupon_pool_dry");
    world.days(1).await;
    assert_eq!(gifts(&world).len(), 1);
    assert!(world.ledger(waiting).await.contains(&held));
    assert!(world.metrics.sum("coupon_pool_dry") > dry + 20.0);
    assert!(row(waiting).await.attempt <= 1, "waiting is no attempt");

    import(&world, &["NEW-ONE", "SPARE"]).await;
    world.minutes(16).await;
    let all = gifts(&world);
    let (_, text) = all.iter().find(|(user, _)| user == waiting).unwrap();
    // Codes are looked for from a place of the pool that the message's id decides.
    let code = row(waiting).await.values["gift.code"].clone();
    assert!(["NEW-ONE", "SPARE"].contains(&code.as_str()), "{code}");
    assert!(text.contains(&format!("優惠碼：{code}")), "{text}");

    // Each code once, each gift once.
    world.days(2).await;
    assert_eq!(gifts(&world).len(), 2);
    let pools = world.stack.store.pools(&world.community.id).await.unwrap();
    assert_eq!((pools[0].codes, pools[0].given), (3, 2));
}

#[tokio::test]
async fn who_is_back_before_a_code_is_gets_none_and_leaves_it_to_others() {
    let world = two_leavers_and_one_code().await;
    let lucky = gifts(&world)[0].0.clone();
    let waiting = LEAVERS.into_iter().find(|user| *user != lucky).unwrap();
    world.joins(waiting).await;
    import(&world, &["NEW-ONE"]).await;
    world.days(1).await;
    assert_eq!(gifts(&world).len(), 1);
    let skipped = format!("{GIFT_PATH} SKIPPED no-longer-applies");
    assert!(world.ledger(waiting).await.contains(&skipped));
    let pools = world.stack.store.pools(&world.community.id).await.unwrap();
    assert_eq!((pools[0].codes, pools[0].given), (2, 1));
}
