//! `practice`: its exercises, what a learner meets on the way through them, and what others bring.
//! In one test program: most of them wait, and so can wait at the same time.

mod exercises;
mod grade;
mod hostile;
mod learner;
mod other_languages;

/// Whether programs' calls can be seen here; says so where they cannot.
fn calls_are_seen() -> bool {
    static SEEN: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    *SEEN.get_or_init(|| {
        let course = learner::Course::new("seen"); // where it may note what came of it
        let run = course.practice(&["two-sockets", "--", "true"]).assert();
        let seen = !support::printed(&run).contains("Not looked at");
        if !seen {
            support::skip("programs' calls cannot be seen here");
        }
        seen
    })
}
