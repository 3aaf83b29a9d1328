//! The command, run in a folder of its own with none of the caller's environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use lifecycle::store::{Access, OpenOptions, Store};
use tempfile::TempDir;

/// A small shop that is simulated in a moment, with a fixed seed, so that it does not depend on
/// the default.
pub const SMALL_SHOP: &str = "
[simulation]
seed = 44583
users = 1500
activities = 24
[cache]
users = 150
products = 200
candidates = 40
";

/// The command in a folder: its environment is a home, a width of 100 columns, and UTC.
pub fn lifecycle(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifecycle"));
    command.env_clear().env("HOME", folder).env("COLUMNS", "100").env("TZ", "UTC");
    // Where the engine is a shared library, this may be the only way to find it.
    if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs the command: its exit code, stdout and stderr.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = lifecycle(folder).args(arguments).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(!err.contains("panicked"), "{arguments:?}: {err}");
    (output.status.code().unwrap_or(-1), out, err)
}

/// Runs the command, which must succeed, and returns its stdout.
pub fn done(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

/// Runs the command, which must fail with this code and print nothing, and returns its stderr.
pub fn fails(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let (found, out, err) = run(folder, arguments);
    assert_eq!((found, out.as_str()), (code, ""), "{arguments:?}: {err}");
    err
}

/// The commands that a command's help lists.
pub fn subcommands(help: &str) -> Vec<String> {
    let listed = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
    let lines = listed.lines().take_while(|line| !line.is_empty());
    // Commands are indented by two blanks, continuation lines by more.
    let names = lines.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    let names = names.filter_map(|rest| rest.split_whitespace().next());
    names.map(str::to_owned).collect()
}

/// A folder with a small simulated shop, simulated once for all tests and copied.
pub fn small_shop(days: &str) -> TempDir {
    type Shops = Mutex<BTreeMap<String, Arc<OnceLock<Vec<u8>>>>>;
    static SHOPS: Shops = Mutex::new(BTreeMap::new());
    let shop = SHOPS.lock().unwrap().entry(days.to_owned()).or_default().clone();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lifecycle.toml"), SMALL_SHOP).unwrap();
    let file = folder.path().join("lifecycle.duckdb");
    let mut is_here = false;
    let bytes = shop.get_or_init(|| {
        done(folder.path(), &["generate", "--days", days, "-q"]);
        is_here = true;
        fs::read(&file).unwrap()
    });
    if !is_here {
        fs::write(file, bytes).unwrap();
    }
    folder
}

/// A folder in which the command runs.
pub struct Shell {
    folder: TempDir,
}

impl Shell {
    /// An empty folder.
    pub fn new() -> Self {
        Shell { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with a small simulated shop.
    pub fn with_shop(days: &str) -> Self {
        Shell { folder: small_shop(days) }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder's database, opened through the library.
    pub fn store(&self, access: Access) -> Store {
        Store::open(&self.path("lifecycle.duckdb"), access, OpenOptions::default()).unwrap()
    }

    /// The command in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lifecycle(self.folder.path());
        command.args(arguments);
        command
    }

    /// Runs the command: its exit code, stdout and stderr.
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        run(self.folder.path(), arguments)
    }

    /// Runs a command that must not hang; its exit code and stderr.
    pub fn run_in_time(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let began = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if began.elapsed() > Duration::from_secs(60) {
                child.kill().unwrap();
                panic!("{arguments:?} hangs");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
    }

    /// Adds three million orders of a customer, a second apart, which take a long time to write.
    pub fn add_many_orders(&self, from: &str) {
        let store = self.store(Access::Write);
        let many = format!(
            "INSERT INTO orders (order_id, user_id, amount, status, created_at) \
             SELECT 1000000 + range, 1, 1.5, 'Success', TIMESTAMP '{from}' + to_seconds(range) \
             FROM range(3_000_000)"
        );
        store.execute_text("test", &many).unwrap();
        store.close().unwrap();
    }

    /// Runs the command with a terminal as its stdout, which must succeed; what the terminal received.
    #[cfg(target_os = "linux")]
    pub fn on_terminal(&self, arguments: &[&str]) -> String {
        use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
        use std::io::Read;
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let controller = openpt(flags).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let terminal = ioctl_tiocgptpeer(&controller, flags).unwrap();
        let mut command = self.command(arguments);
        let mut child = command.stdout(terminal).stderr(Stdio::null()).spawn().unwrap();
        // The command is then the last to hold the terminal, and its end closes it.
        drop(command);
        let mut sent = Vec::new();
        let _ = std::fs::File::from(controller).read_to_end(&mut sent);
        assert!(child.wait().unwrap().success(), "{arguments:?}");
        String::from_utf8(sent).unwrap()
    }

    /// Runs the command, which must succeed, and returns its stdout.
    pub fn done(&self, arguments: &[&str]) -> String {
        done(self.folder.path(), arguments)
    }

    /// Runs the command, which must fail with this code and print nothing, and returns its stderr.
    pub fn fails(&self, code: i32, arguments: &[&str]) -> String {
        fails(self.folder.path(), code, arguments)
    }

    /// The names in the folder, or in one of its folders.
    pub fn names(&self, folder: &str) -> Vec<String> {
        names_in(&self.path(folder))
    }
}

/// The names in a folder, sorted.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
