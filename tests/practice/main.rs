//! `practice`: its exercises, what a learner meets on the way through them, and what others bring.
//! In one test program: most of them wait, and so can wait at the same time.

mod exercises;
mod grade;
mod hostile;
mod learner;
mod other_languages;
