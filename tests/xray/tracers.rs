//! Programs that trace others cannot do so under xray, and are told why.

use predicates::str::contains;

use crate::events::{samples, tracing_works};
use crate::running::Target;
use crate::{xray, xray_path};
use support::{complained, printed, says, skip};

#[test]
fn a_tracer_is_told_once_why_it_cannot() {
    if !tracing_works() {
        return;
    }
    let run = xray(&[samples(), "trace-others"]).assert().success();
    let child = printed(&run).split(' ').next().expect("its number").to_string();
    let [mine, nobody, theirs] = [libc::EPERM, libc::ESRCH, libc::EPERM];
    let expected = format!("{child} {:?}\n", [mine, nobody, theirs, theirs, theirs]);
    assert_eq!(printed(&run), expected);
    // Not for the first: nobody may trace itself.
    run.stderr(contains("xray: ").count(1))
        .stderr(says(format!("cannot trace samples, process {child}: xray traces what it starts")))
        .stderr(says("for root as well"));
}

#[test]
fn so_is_a_child_that_would_be_traced() {
    if !tracing_works() {
        return;
    }
    // xray's own way, and that of gdb.
    let run = xray(&[xray_path(), "true"]).assert().code(1);
    assert!(complained(&run).starts_with("xray: xray, process "), "{run}");
    let run = xray(&[samples(), "trace-me"]).assert().success();
    run.stderr(says("samples, process")).stderr(says("should be traced by its parent, and cannot"));
}

#[test]
fn whoever_is_traced_has_the_number_that_xray_knows() {
    if !tracing_works() {
        return;
    }
    let run = xray(&[samples(), "other-numbers"]).assert().success();
    let said = printed(&run).trim().to_string();
    if said == "none" {
        return skip("this system allows no namespace of processes");
    }
    assert_eq!(said, format!("2 {}", libc::EPERM));
    run.stderr(says("cannot trace samples, process")).stderr(contains("process 2:").count(0));
}

/// Who is followed is traced from then on.
#[test]
fn nothing_is_said_where_nobody_is_in_the_way() {
    if !tracing_works() {
        return;
    }
    let target = Target::start("serve");
    let run = xray(&[samples(), "trace-other", &target.number()]).assert().success();
    assert_eq!(printed(&run), "0\n");
    assert!(!complained(&run).contains("xray: "), "{run}");
}
