//! The workspace as a whole, for tests that need the programs of several crates.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Once, OnceLock};

/// The root of the workspace: where it is now, which need not be where this test was built.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        // Cargo names the folder of the test's package.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = package.unwrap_or_else(|| std::env::current_dir().expect("a folder"));
        let is_root = |folder: &&Path| folder.join("Cargo.lock").exists();
        here.ancestors().find(is_root).expect("the workspace").to_path_buf()
    })
}

/// The folder in which the programs are that were built together with this test.
pub fn build_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("the path of this test");
        test.ancestors().nth(2).expect("the build folder").to_path_buf()
    })
}

/// The path of a program of the test's own package, which cargo builds before the test.
pub fn own_program(name: &str) -> PathBuf {
    build_folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The path of one of the workspace's programs, after building them all.
pub fn path_of(program: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        // Who may not write there has not built this test either: `cargo test --workspace`, which
        // did, has built the programs as well.
        if may_build(build_folder()) {
            let mut cargo = cargo();
            let build = ["build", "--quiet", "--workspace", "--bins", "--examples"];
            cargo.current_dir(root()).args(build);
            assert!(cargo.status().expect("cargo runs").success(), "the workspace should build");
        }
    });
    own_program(program)
}

/// The cargo that runs this test. (Its path at build time may be gone by now.)
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Whether this user may build into `folder`.
pub fn may_build(folder: &Path) -> bool {
    let probe = folder.join(format!("may-build-{}", std::process::id()));
    let may = std::fs::write(&probe, "").is_ok();
    let _ = std::fs::remove_file(probe);
    may
}
