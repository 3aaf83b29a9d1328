//! Destinations of files, and what may be replaced there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::ExportError;
use crate::staged::{self, Staged, Target};

/// A file or a folder that is being written.
#[derive(Debug)]
pub(super) struct Place {
    /// As the user named it.
    pub shown: PathBuf,
    staged: Staged,
}

/// What may not be replaced, and what may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    /// The database file, with its log.
    pub database: Option<&'a Path>,
    pub overwrite: bool,
}

impl Place {
    /// A place for a file, which is made at once: what cannot be written is found out before the work.
    pub fn for_file(shown: &Path, rules: Rules<'_>) -> Result<Self, ExportError> {
        let target = resolve(shown, rules)?;
        match &target.there {
            Some(there) if there.is_dir() => return Err(ExportError::IsFolder { path: shown.to_owned() }),
            Some(there) if !there.is_file() => {
                return Err(ExportError::NotRegular { path: shown.to_owned() });
            }
            Some(_) if !rules.overwrite => return Err(ExportError::Exists { path: shown.to_owned() }),
            _ => {}
        }
        let staged = Staged::file(target).map_err(|error| cannot_write(shown, &error))?;
        Ok(Place { shown: shown.to_owned(), staged })
    }

    /// A place for a folder. One that is there is replaced only when `is_ours` knows everything in it.
    pub fn for_folder(
        shown: &Path,
        rules: Rules<'_>,
        is_ours: impl Fn(&Path) -> bool,
    ) -> Result<Self, ExportError> {
        let target = resolve(shown, rules)?;
        if let Some(there) = &target.there {
            if !there.is_dir() {
                return Err(ExportError::IsFile { path: shown.to_owned() });
            }
            let mut entries = entries(&target.path).map_err(|error| cannot_write(shown, &error))?;
            entries.sort();
            if !entries.is_empty() && !rules.overwrite {
                return Err(ExportError::Exists { path: shown.to_owned() });
            }
            if let Some(other) = entries.iter().find(|entry| !is_ours(entry)) {
                let other = other.file_name().map(|name| name.to_string_lossy().into_owned());
                return Err(ExportError::HoldsOther {
                    path: shown.to_owned(),
                    other: other.unwrap_or_default(),
                });
            }
        }
        let staged = Staged::folder(target).map_err(|error| cannot_write(shown, &error))?;
        Ok(Place { shown: shown.to_owned(), staged })
    }

    /// Where to write.
    pub fn staged(&self) -> &Path {
        self.staged.path()
    }

    /// How many bytes are written.
    pub fn bytes(&self) -> u64 {
        size_of(self.staged.path())
    }

    /// Puts what was written where it belongs.
    pub fn put(self) -> Result<(), ExportError> {
        self.staged.put().map_err(|error| cannot_write(&self.shown, &error))
    }
}

/// A folder that files go into.
#[derive(Debug)]
pub(super) enum Home {
    /// One that is not there yet: it comes to be with all of them in it.
    New(Box<Place>),
    /// One that is there: each file is put into it by itself.
    There,
}

impl Home {
    pub fn open(shown: &Path, rules: Rules<'_>) -> Result<Self, ExportError> {
        let target = resolve(shown, rules)?;
        match &target.there {
            Some(there) if there.is_dir() => Ok(Home::There),
            Some(_) => Err(ExportError::IsFile { path: shown.to_owned() }),
            None => {
                let staged = Staged::folder(target).map_err(|error| cannot_write(shown, &error))?;
                Ok(Home::New(Box::new(Place { shown: shown.to_owned(), staged })))
            }
        }
    }
}

pub(super) fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> ExportError {
    ExportError::CannotWrite { path: path.to_owned(), message: error.to_string() }
}

/// Takes away what killed exports have left beside a target, and in it if it is a folder of files with
/// these names.
pub(super) fn clear(target: &Path, within: &[String]) {
    staged::clear(target);
    staged::clear_folder(target, |name| within.iter().any(|ours| ours.as_bytes() == name));
}

/// The real path, and what is there.
fn resolve(shown: &Path, rules: Rules<'_>) -> Result<Target, ExportError> {
    staged::clear(shown);
    let target = staged::resolve(shown).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let folder = shown.parent().filter(|folder| !folder.as_os_str().is_empty());
            ExportError::NoFolder { folder: folder.unwrap_or(shown).to_owned() }
        }
        _ => cannot_write(shown, &error),
    })?;
    if target.path.to_str().is_none() {
        return Err(ExportError::PathNotText { path: shown.to_owned() });
    }
    if rules.database.is_some_and(|database| is_database(&target.path, database)) {
        return Err(ExportError::IsDatabase { path: shown.to_owned() });
    }
    Ok(target)
}

/// Whether a real path is the database's file or its log.
fn is_database(target: &Path, database: &Path) -> bool {
    let Ok(database) = fs::canonicalize(database) else { return false };
    let mut log = database.clone().into_os_string();
    log.push(".wal");
    target == database || target.as_os_str() == log
}

/// What is in a folder.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

/// How many bytes a file, or all files of a folder, have.
pub(super) fn size_of(path: &Path) -> u64 {
    match fs::metadata(path) {
        Ok(data) if data.is_dir() => {
            entries(path).unwrap_or_default().iter().map(|entry| size_of(entry)).sum()
        }
        Ok(data) => data.len(),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAREFUL: Rules<'_> = Rules { database: None, overwrite: false };
    const BOLD: Rules<'_> = Rules { database: None, overwrite: true };

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = entries(folder)
            .unwrap()
            .iter()
            .map(|entry| entry.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_only_when_it_is_put() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let place = Place::for_file(&path, CAREFUL).unwrap();
        fs::write(place.staged(), "12345").unwrap();
        assert_eq!((place.bytes(), path.exists()), (5, false));
        drop(place);
        assert_eq!(names(folder.path()), [""; 0]);
        let place = Place::for_file(&path, CAREFUL).unwrap();
        fs::write(place.staged(), "new").unwrap();
        place.put().unwrap();
        assert_eq!(
            (names(folder.path()), fs::read_to_string(&path).unwrap()),
            (vec!["a.csv".into()], "new".into())
        );
        assert!(matches!(Place::for_file(&path, CAREFUL), Err(ExportError::Exists { .. })));
        Place::for_file(&path, BOLD).unwrap().put().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn a_folder_is_replaced_only_when_all_of_it_is_ours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("months");
        let is_ours = |entry: &Path| entry.ends_with("ours");
        let made = |rules| {
            let place = Place::for_folder(&path, rules, is_ours)?;
            fs::write(place.staged().join("ours"), "x").unwrap();
            place.put()
        };
        made(CAREFUL).unwrap();
        assert!(matches!(made(CAREFUL), Err(ExportError::Exists { .. })));
        made(BOLD).unwrap();
        fs::write(path.join("notes"), "mine").unwrap();
        let error = made(BOLD).unwrap_err();
        assert!(matches!(&error, ExportError::HoldsOther { other, .. } if other == "notes"), "{error}");
        assert_eq!(
            (names(folder.path()), names(&path)),
            (vec!["months".into()], vec!["notes".into(), "ours".into()])
        );
    }

    #[test]
    fn the_database_and_its_log_are_never_a_place() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("shop.duckdb");
        fs::write(&database, "").unwrap();
        let rules = Rules { database: Some(&database), overwrite: true };
        for name in ["shop.duckdb", "shop.duckdb.wal", "./shop.duckdb"] {
            let error = Place::for_file(&folder.path().join(name), rules).unwrap_err();
            assert!(matches!(error, ExportError::IsDatabase { .. }), "{name}: {error}");
        }
        #[cfg(unix)]
        {
            let link = folder.path().join("link.csv");
            std::os::unix::fs::symlink(&database, &link).unwrap();
            let error = Place::for_file(&link, rules).unwrap_err();
            assert!(matches!(error, ExportError::IsDatabase { .. }), "{error}");
        }
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let place = |path: &Path| Place::for_file(path, BOLD).unwrap_err().to_string();
        assert!(place(folder.path()).ends_with("is a folder"));
        assert!(place(&folder.path().join("no/such/file.csv")).ends_with("no/such"));
        assert!(place(Path::new("/dev/null")).contains("neither a file nor a folder"));
        assert!(place(&file.join("x.csv")).contains("cannot write"));
        let error = Place::for_folder(&file, BOLD, |_| true).unwrap_err();
        assert!(matches!(error, ExportError::IsFile { .. }), "{error}");
    }

    #[test]
    fn a_new_home_comes_with_what_is_in_it_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("home");
        drop(Home::open(&path, CAREFUL).unwrap());
        assert_eq!(names(folder.path()), [""; 0]);
        let Home::New(home) = Home::open(&path, CAREFUL).unwrap() else { panic!("there is none yet") };
        fs::write(home.staged().join("x"), "").unwrap();
        assert!(!path.exists());
        home.put().unwrap();
        assert_eq!((names(folder.path()), names(&path)), (vec!["home".into()], vec!["x".into()]));
        assert!(matches!(Home::open(&path, CAREFUL), Ok(Home::There)));
        assert!(matches!(Home::open(&path.join("x"), CAREFUL), Err(ExportError::IsFile { .. })));
    }
}
