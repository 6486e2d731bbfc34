//! Crash points.
use hearth_tests::story::{Story, CLUB, at};

#[test]
fn crash_measure() {
    let rt = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    rt.block_on(async {
        let story = Story::new("join", CLUB, at(0,0,30), at(0,3,30)).joins(at(0,0,30), "U1").joins(at(0,0,30), "U2").renames(at(0,1,0), "U1", "design-May").says(at(0,1,30), "U2", "CTOPIC", "a comment");
        for _ in 0..3 {
        let t = std::time::Instant::now();
        let stage = hearth_tests::story::Stage::quiet(CLUB).await;
        eprintln!("set {:?}", t.elapsed());
        let t2 = std::time::Instant::now();
        stage.stack.advance_to(at(0,0,30)).await.unwrap();
        eprintln!("prelude {:?}", t2.elapsed());
        drop(stage);
        let t = std::time::Instant::now();
        let told = story.tell(&[]).await;
        eprintln!("tell {:?} calls {} {:?}", t.elapsed(), told.chaos.trace().len(), told.outcome);
        }
    });
}
