//! Atomic output: files and folders are written in a hidden folder beside their destination and
//! renamed into place once complete.
//!
//! Symbolic links are followed, dangling ones too; anything that is neither a file nor a folder (a
//! device, a FIFO) is never replaced. A replacement keeps the mode and the owner of the file it
//! replaces.
//!
//! A process that is killed leaves its hidden folder behind. Writers hold a lock on their hidden folder,
//! which the system releases when the process ends: a folder without a lock is a left-over, and the next
//! process to use the same destination removes it ([`clear`]), even one that is then refused.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Where a path leads, behind links, and what is there.
#[derive(Debug)]
pub(crate) struct Target {
    /// The real path.
    pub path: PathBuf,
    /// What is there; `None` for nothing.
    pub there: Option<Metadata>,
}

/// Follows a path to its real place. Fails with [`io::ErrorKind::NotFound`] if the folder it would be in
/// is not there.
pub(crate) fn resolve(path: &Path) -> io::Result<Target> {
    let mut path = std::path::absolute(path)?;
    // As many as the system itself follows.
    for _ in 0..40 {
        match fs::canonicalize(&path) {
            Ok(real) => return Ok(Target { there: Some(fs::metadata(&real)?), path: real }),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) => {
                let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Err(error) };
                let folder = fs::canonicalize(parent)?;
                match fs::read_link(folder.join(name)) {
                    // A link to nothing: what comes to be there comes to be where it points.
                    Ok(to) => path = folder.join(to),
                    Err(_) => return Ok(Target { path: folder.join(name), there: None }),
                }
            }
        }
    }
    Err(io::Error::other("too many links lead to one another"))
}

/// Something that is being written, to be put in its place when it is whole. Dropped before that, it goes.
#[derive(Debug)]
pub(crate) struct Staged {
    target: PathBuf,
    there: Option<Metadata>,
    /// Where it is until then.
    path: PathBuf,
    folder: TempDir,
    /// Tells other processes that this one is alive: the lock ends with it.
    _lock: Option<File>,
}

/// How the hidden folders' names end; `.NAME.XXXXXX.partial` is the whole of one.
const SUFFIX: &str = ".partial";

/// How many letters of chance are in a hidden folder's name.
const LETTERS: usize = 6;

/// What a folder is called in its hidden folder while another takes its place.
const OLD: &str = ".old";

impl Staged {
    /// A file, empty as yet.
    pub fn file(target: Target) -> io::Result<Self> {
        let staged = Staged::begin(target)?;
        File::create_new(&staged.path)?;
        Ok(staged)
    }

    /// A folder, empty as yet.
    pub fn folder(target: Target) -> io::Result<Self> {
        let staged = Staged::begin(target)?;
        fs::create_dir(&staged.path)?;
        Ok(staged)
    }

    fn begin(Target { path: target, there }: Target) -> io::Result<Self> {
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let (folder, lock) = hidden_folder(parent, name)?;
        Ok(Staged { path: folder.path().join(name), target, there, folder, _lock: lock })
    }

    /// Where it comes to be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place. A folder must be put in the place of nothing or of another folder.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` if nothing was there when this began and something is now: nobody has agreed to replace that.
    pub fn put(self) -> io::Result<()> {
        match &self.there {
            Some(there) if there.is_dir() => self.swap()?,
            Some(there) => {
                keep_manners(&self.path, there)?;
                fs::rename(&self.path, &self.target)?;
            }
            None => rename_to_nothing(&self.path, &self.target)?,
        }
        self.folder.close()
    }

    /// A folder takes another's place: at once where the system can, else in two steps, the first of which
    /// is taken back if the second fails, and by [`clear`] if the process ends between them.
    fn swap(&self) -> io::Result<()> {
        if rename_at_once(&self.path, &self.target, Rename::Exchange).is_ok() {
            return Ok(());
        }
        let old = self.folder.path().join(OLD);
        fs::rename(&self.target, &old)?;
        fs::rename(&self.path, &self.target).or_else(|error| fs::rename(&old, &self.target).and(Err(error)))
    }
}

/// Makes a hidden folder and holds it.
fn hidden_folder(parent: &Path, name: &OsStr) -> io::Result<(TempDir, Option<File>)> {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(LETTERS);
    loop {
        let folder = builder.tempdir_in(parent)?;
        let held = match File::open(folder.path()) {
            Ok(file) => file.try_lock().map(|()| file),
            Err(error) => Err(TryLockError::Error(error)),
        };
        match held {
            Ok(lock) if folder.path().exists() => return Ok((folder, Some(lock))),
            // Before it was held, another process took it for a left-over.
            Ok(_) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::NotFound => {}
            // Not every system locks folders; there, nothing is taken away either.
            Err(TryLockError::Error(_)) => return Ok((folder, None)),
        }
    }
}

/// Moves a file or folder to where nothing is, in one step where the system can.
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    match rename_at_once(from, to, Rename::ToNothing) {
        Err(error) if matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput) => {
            if fs::symlink_metadata(to).is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        done => done,
    }
}

/// What a rename is to do with what is at its destination.
#[derive(Clone, Copy)]
enum Rename {
    /// Nothing may be there.
    ToNothing,
    /// The two change places.
    Exchange,
}

/// Renames in one step, where the system can.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn rename_at_once(from: &Path, to: &Path, how: Rename) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let flags = match how {
        Rename::ToNothing => RenameFlags::NOREPLACE,
        Rename::Exchange => RenameFlags::EXCHANGE,
    };
    Ok(renameat_with(CWD, from, CWD, to, flags)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn rename_at_once(_: &Path, _: &Path, _: Rename) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives a file the mode and the owner of the one it replaces; the owner only if this process may.
fn keep_manners(path: &Path, there: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let _ = std::os::unix::fs::chown(path, Some(there.uid()), Some(there.gid()));
    }
    fs::set_permissions(path, there.permissions())
}

/// Takes away what killed processes have left beside a place.
pub(crate) fn clear(path: &Path) {
    let Ok(target) = resolve(path) else { return };
    if let (Some(parent), Some(name)) = (target.path.parent(), target.path.file_name()) {
        clear_folder(parent, |written| written == name.as_encoded_bytes());
    }
}

/// Takes away what killed processes have left in a folder of the files and folders whose names are `ours`.
pub(crate) fn clear_folder(parent: &Path, ours: impl Fn(&[u8]) -> bool) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let hidden = entry.file_name();
        let Some(name) = name_within(hidden.as_encoded_bytes()).filter(|name| ours(name)) else { continue };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let Ok(folder) = File::open(entry.path()) else { continue };
        if !is_folder || folder.try_lock().is_err() {
            continue;
        }
        put_back(&entry.path(), parent, name);
        // What cannot be taken away stays.
        let _ = fs::remove_dir_all(entry.path());
    }
}

/// `NAME` of `.NAME.XXXXXX.partial`.
fn name_within(hidden: &[u8]) -> Option<&[u8]> {
    let (name, letters) =
        hidden.strip_prefix(b".")?.strip_suffix(SUFFIX.as_bytes())?.split_last_chunk::<LETTERS>()?;
    let name = name.strip_suffix(b".").filter(|name| !name.is_empty())?;
    letters.iter().all(u8::is_ascii_alphanumeric).then_some(name)
}

/// Puts a folder back whose place another was about to take: it is out of it, and the other is not in.
fn put_back(hidden: &Path, parent: &Path, name: &[u8]) {
    let in_folder = |folder: &Path| {
        let mut entries = fs::read_dir(folder).ok()?.flatten();
        entries.find(|entry| entry.file_name().as_encoded_bytes() == name).map(|entry| entry.path())
    };
    let (old, new, there) = (hidden.join(OLD), in_folder(hidden), in_folder(parent));
    if let (true, Some(new), None) = (old.is_dir(), new, there)
        && let Some(name) = new.file_name()
    {
        let _ = fs::rename(old, parent.join(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn staged(path: &Path) -> Staged {
        Staged::file(resolve(path).unwrap()).unwrap()
    }

    #[test]
    fn a_file_is_there_only_when_it_is_put() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let begun = staged(&path);
        fs::write(begun.path(), "half").unwrap();
        assert!(!path.exists());
        drop(begun);
        assert_eq!(names(folder.path()), [""; 0]);
        let whole = staged(&path);
        fs::write(whole.path(), "whole").unwrap();
        whole.put().unwrap();
        assert_eq!(names(folder.path()), ["a.csv"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
    }

    #[test]
    fn what_has_appeared_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for begin in [Staged::file, Staged::folder] {
            let whole = begin(resolve(&path).unwrap()).unwrap();
            fs::write(
                if whole.path().is_dir() { whole.path().join("x") } else { whole.path().into() },
                "new",
            )
            .unwrap();
            fs::write(&path, "another's").unwrap();
            assert_eq!(whole.put().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&path).unwrap(), "another's");
            assert_eq!(names(folder.path()), ["a"]);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_folder_takes_the_place_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("months");
        for file in ["a", "b"] {
            let whole = Staged::folder(resolve(&path).unwrap()).unwrap();
            fs::write(whole.path().join(file), "").unwrap();
            whole.put().unwrap();
            assert_eq!((names(folder.path()), names(&path)), (vec!["months".into()], vec![file.into()]));
        }
    }

    #[test]
    #[cfg(unix)]
    fn modes_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("private"), "old").unwrap();
        fs::set_permissions(at("private"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink("private", at("link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        for name in ["link", "dangling"] {
            staged(&at(name)).put().unwrap();
            assert!(fs::symlink_metadata(at(name)).unwrap().is_symlink(), "{name}");
        }
        assert_eq!(names(folder.path()), ["dangling", "link", "nowhere", "private"]);
        assert_eq!(fs::metadata(at("private")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(at("private")).unwrap(), "");
        symlink("round", at("about")).unwrap();
        symlink("about", at("round")).unwrap();
        assert!(resolve(&at("round")).is_err());
    }

    /// A hidden folder as a killed process leaves it, with these folders in it.
    fn left_over(folder: &Path, name: &str, holds: &[&str]) {
        fs::create_dir(folder.join(name)).unwrap();
        for inner in holds {
            fs::create_dir(folder.join(name).join(inner)).unwrap();
            fs::write(folder.join(name).join(inner).join(inner.trim_start_matches('.')), "").unwrap();
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_a_killed_process_left_is_taken_away_and_what_a_living_one_writes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let others =
            [".a.csv.gz.AbCd12.partial", ".a.csv.mine.partial", ".a.csv.partial", ".b.csv.AbCd12.partial"];
        for name in others.iter().chain(&[".a.csv.AbCd12.partial", ".a.csv.AbCd34.partial"]) {
            left_over(folder.path(), name, &["a.csv"]);
        }
        fs::write(folder.path().join(".a.csv.AbCd56.partial"), "a file of somebody's").unwrap();
        let living = staged(&path);
        let [hidden] = [living.folder.path().file_name().unwrap().to_string_lossy().into_owned()];
        clear(&path);
        let mut left: Vec<&str> = others.into_iter().chain([".a.csv.AbCd56.partial", &hidden]).collect();
        left.sort_unstable();
        assert_eq!(names(folder.path()), left);
        living.put().unwrap();
        assert!(path.exists());
    }

    #[test]
    fn a_hidden_folder_that_is_taken_away_before_it_is_held_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    clear(&path);
                }
            });
            for _ in 0..300 {
                let file = staged(&path);
                fs::write(file.path(), "whole").unwrap();
                file.put().unwrap();
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_whose_place_was_being_taken_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("months");
        let hidden = ".months.AbCd12.partial";
        // Between the two steps: out of its place, the new one not in.
        left_over(folder.path(), hidden, &[".old", "months"]);
        clear(&path);
        assert_eq!((names(folder.path()), names(&path)), (vec!["months".into()], vec!["old".into()]));
        // Before the first, and after the second.
        for holds in [&["months"][..], &[".old"]] {
            left_over(folder.path(), hidden, holds);
            clear(&path);
            assert_eq!((names(folder.path()), names(&path)), (vec!["months".into()], vec!["old".into()]));
        }
        // After the second, and the new one has been moved away since.
        fs::remove_dir_all(&path).unwrap();
        left_over(folder.path(), hidden, &[".old"]);
        clear(&path);
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
