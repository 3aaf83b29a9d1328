//! The command, run in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lifecycle::store::{Access, OpenOptions, Store};
use tempfile::TempDir;

/// A folder with what the command may need in it.
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
        let shell = Shell::new();
        let settings = "[simulation]\nusers = 1500\nactivities = 24\n\
                        [cache]\nusers = 150\nproducts = 200\ncandidates = 40\n";
        std::fs::write(shell.path("lifecycle.toml"), settings).unwrap();
        shell.done(&["generate", "--days", days, "-q"]);
        shell
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder's file, opened without the command.
    pub fn store(&self, access: Access) -> Store {
        Store::open(&self.path("lifecycle.duckdb"), access, OpenOptions::default()).unwrap()
    }

    /// The command with nothing of the caller's surroundings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lifecycle"));
        command.current_dir(self.folder.path()).args(arguments).env("COLUMNS", "100").stdin(Stdio::null());
        for name in ["LIFECYCLE_DB", "LIFECYCLE_CONFIG", "NO_COLOR"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs the command: its exit code, what it printed, what it said.
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.command(arguments).output().unwrap();
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(!err.contains("panicked"), "{arguments:?}: {err}");
        (output.status.code().unwrap_or(-1), out, err)
    }

    /// Runs the command with a terminal as its stdout, which must succeed; what the terminal was sent.
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
        // The last one to hold the terminal is then the command, whose end ends what is sent.
        drop(command);
        let mut sent = Vec::new();
        let _ = std::fs::File::from(controller).read_to_end(&mut sent);
        assert!(child.wait().unwrap().success(), "{arguments:?}");
        String::from_utf8(sent).unwrap()
    }

    /// Runs the command, which must succeed; what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {err}");
        out
    }

    /// Runs the command, which must fail with a code and print nothing; what it said.
    pub fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let (found, out, err) = self.run(arguments);
        assert_eq!((found, out.as_str()), (code, ""), "{arguments:?}: {err}");
        err
    }

    /// The names in the folder, or in one of it.
    pub fn names(&self, folder: &str) -> Vec<String> {
        names_in(&self.path(folder))
    }
}

/// The names in a folder, sorted.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
