//! Programs that have nothing of the workspace.

use std::fs;
use std::process::Output;

use crate::skip;
use crate::workspace::{build_folder, cargo, may_build, root};

/// `cargo check` on programs, by name and source, in a package of their own whose name is `package`:
/// with socket2 as a newcomer has it, without the feature `all`, and with what else `more` asks the
/// manifest for. The lock file keeps the versions the workspace's. A program is `src/bin/NAME.rs`
/// there. `None` where this user cannot build, which is said.
pub fn check_alone(package: &str, more: &str, programs: &[(String, String)]) -> Option<Output> {
    if !may_build(build_folder()) {
        skip("this user cannot build");
        return None;
    }
    let folder = build_folder().join(package);
    let binaries = folder.join("src/bin");
    let _ = fs::remove_dir_all(&binaries);
    fs::create_dir_all(&binaries).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"{package}\"\nedition = \"2024\"\n\n[dependencies]\nsocket2 = \"0.6\"\n\
         {more}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    // Not as a copy, which would be read-only where the checkout is, and cargo writes to it.
    let lock = fs::read(root().join("Cargo.lock")).expect("the lock file");
    fs::write(folder.join("Cargo.lock"), lock).expect("a lock file");
    for (name, source) in programs {
        fs::write(binaries.join(format!("{name}.rs")), source).expect("a program");
    }
    let mut check = cargo();
    check.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    check.env("CARGO_TERM_COLOR", "never");
    check.args(["check", "--offline", "--keep-going", "--quiet", "--message-format", "short"]);
    Some(check.output().expect("cargo runs"))
}
