//! The workspace as a whole, for tests that need the programs of several crates.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The path of one of the workspace's programs, after building them all.
pub fn path_of(program: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("the path of this test");
        let folder = test.ancestors().nth(2).expect("the build folder").to_path_buf();
        // Who may not write there has not built this test either: `cargo test --workspace`, which
        // did, has built the programs as well.
        if may_build(&folder) {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.current_dir(root()).args([
                "build",
                "--quiet",
                "--workspace",
                "--bins",
                "--examples",
            ]);
            assert!(cargo.status().expect("cargo runs").success(), "the workspace should build");
        }
        folder
    });
    folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// Whether this user may build into `folder`.
pub fn may_build(folder: &Path) -> bool {
    let probe = folder.join(format!("may-build-{}", std::process::id()));
    let may = std::fs::write(&probe, "").is_ok();
    let _ = std::fs::remove_file(probe);
    may
}
