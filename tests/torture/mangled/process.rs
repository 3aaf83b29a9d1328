//! The command in a folder of its own, with a limit on its time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::shell::lifecycle;
use crate::worker::Case;

/// How long a command may take, on a machine that does other things too.
const LIMIT: Duration = Duration::from_secs(60);

/// A folder of its own for the command.
pub struct Folder {
    folder: Option<TempDir>,
    keep: bool,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub arguments: Vec<String>,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub err: String,
    /// Whether it was ended for taking too long.
    pub is_slow: bool,
}

impl Folder {
    pub fn new(case: &Case<'_>) -> Self {
        let folder = tempfile::Builder::new().prefix("torture-").tempdir().unwrap();
        Folder { folder: Some(folder), keep: case.keep }
    }

    pub fn root(&self) -> &Path {
        self.folder.as_ref().expect("a folder until it is dropped").path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Runs the command with nothing of the caller's surroundings.
    pub fn run<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Ran {
        self.run_for(arguments, LIMIT)
    }

    /// Runs the command for at most so long.
    pub fn run_for<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S], limit: Duration) -> Ran {
        let streams = tempfile::tempdir().unwrap();
        let err = streams.path().join("err");
        let mut command = lifecycle(self.root());
        command.args(arguments);
        command.stdout(Stdio::null()).stderr(File::create(&err).unwrap());
        let mut child = command.spawn().unwrap();
        let began = Instant::now();
        let (status, is_slow) = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break (status, false);
            }
            if began.elapsed() > limit {
                child.kill().unwrap();
                break (child.wait().unwrap(), true);
            }
            thread::sleep(Duration::from_millis(2));
        };
        let words = fs::read(&err).unwrap();
        Ran {
            arguments: arguments.iter().map(|word| word.as_ref().to_string_lossy().into_owned()).collect(),
            code: status.code(),
            err: String::from_utf8(words).expect("what the command says is UTF-8"),
            is_slow,
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take().filter(|_| self.keep) {
            println!("kept: {}", folder.keep().display());
        }
    }
}

impl Ran {
    /// What holds of every run: it ends, with a documented code, in words that a terminal shows as they are.
    pub fn check(&self) {
        assert!(!self.is_slow, "takes too long: {:?}\n{}", self.arguments, self.err);
        self.check_words();
        assert!(
            matches!(self.code, Some(0..=3)),
            "ends with {:?}: {:?}\n{}",
            self.code,
            self.arguments,
            self.err
        );
        if self.code == Some(1) || self.code == Some(2) {
            assert!(!self.err.trim().is_empty(), "fails without a word: {:?}", self.arguments);
        }
    }

    /// What holds of its words, also when it was ended.
    pub fn check_words(&self) {
        assert!(!self.err.contains("panicked"), "{:?}\n{}", self.arguments, self.err);
        assert!(!self.err.contains("INTERNAL"), "{:?}\n{}", self.arguments, self.err);
        // Colours that were asked for begin and end with one.
        let colours = self.arguments.iter().any(|word| word.contains("always"));
        let harmful = self.err.chars().filter(|letter| !colours || *letter != '\u{1b}').find(|letter| {
            letter.is_control() && !matches!(letter, '\n' | '\t')
                || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(
            harmful, None,
            "a terminal would take this for its own: {:?}\n{:?}",
            self.arguments, self.err
        );
    }
}
