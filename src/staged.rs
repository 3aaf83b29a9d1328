//! Files and folders that are there only when all of them is: they are made in a hidden folder beside
//! their place, and put there when they are whole.
//!
//! A link is followed, to where it points even if nothing is there yet; what is neither a file nor
//! a folder (a device, a FIFO) is never replaced. What replaces a file keeps its mode and owner. A
//! process that is killed leaves its hidden folder behind; the next one to write to the same
//! place takes it away.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

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

/// How the hidden folders' names end.
const SUFFIX: &str = ".partial";

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
        let mut prefix = OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        take_away_left_over(parent, &prefix);
        let folder = tempfile::Builder::new().prefix(&prefix).suffix(SUFFIX).tempdir_in(parent)?;
        // Not every system locks a folder; there, nothing is taken away either.
        let lock = File::open(folder.path()).ok().filter(|folder| folder.try_lock().is_ok());
        Ok(Staged { path: folder.path().join(name), target, there, folder, _lock: lock })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its place. A folder must be put in the place of nothing or of another folder.
    pub fn put(self) -> io::Result<()> {
        match &self.there {
            Some(there) if there.is_dir() => self.swap()?,
            Some(there) => {
                keep_manners(&self.path, there)?;
                fs::rename(&self.path, &self.target)?;
            }
            None => fs::rename(&self.path, &self.target)?,
        }
        self.folder.close()
    }

    /// A folder takes another's place in two steps; the first is taken back if the second fails.
    fn swap(&self) -> io::Result<()> {
        let old = self.folder.path().join(".old");
        fs::rename(&self.target, &old)?;
        fs::rename(&self.path, &self.target).or_else(|error| fs::rename(&old, &self.target).and(Err(error)))
    }
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

/// A folder younger than this may belong to a process that has not locked it yet.
const YOUNG: Duration = Duration::from_secs(60);

/// Takes away what killed processes have left of the same place.
fn take_away_left_over(parent: &Path, prefix: &OsString) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.as_encoded_bytes().starts_with(prefix.as_encoded_bytes())
            && name.as_encoded_bytes().ends_with(SUFFIX.as_bytes());
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let modified = entry.metadata().and_then(|data| data.modified()).ok();
        let is_young = modified.and_then(|at| at.elapsed().ok()).is_none_or(|age| age < YOUNG);
        let Ok(folder) = File::open(entry.path()) else { continue };
        if !is_young && folder.try_lock().is_ok() {
            // What cannot be taken away stays.
            let _ = fs::remove_dir_all(entry.path());
        }
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

    #[test]
    #[cfg(unix)]
    fn what_a_killed_process_left_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        for name in
            [".a.csv.old.partial", ".b.csv.old.partial", ".a.csv.young.partial", ".a.csv.live.partial"]
        {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let made_long_ago = |name: &str| {
            let long_ago = std::time::SystemTime::now() - 2 * YOUNG;
            let left = File::open(folder.path().join(name)).unwrap();
            left.set_modified(long_ago).unwrap();
            left
        };
        made_long_ago(".a.csv.old.partial");
        made_long_ago(".b.csv.old.partial");
        let live = made_long_ago(".a.csv.live.partial");
        live.try_lock().unwrap();
        staged(&path).put().unwrap();
        let left = [".a.csv.live.partial", ".a.csv.young.partial", ".b.csv.old.partial", "a.csv"];
        assert_eq!(names(folder.path()), left);
    }
}
