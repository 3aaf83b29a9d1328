//! A customer of a file, looked up by an id.

use chrono::{NaiveDate, NaiveDateTime};

use crate::calendar::age_band;
use crate::domain::{Gender, Grade, Status};
use crate::propensity::Profile;
use crate::store::{Store, StoreError};
use crate::{named, query};

/// A customer's attributes, as the file has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// Our number.
    pub user_id: i64,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Whether the customer is active.
    pub status: Option<Status>,
    /// Whether the customer agreed to marketing.
    pub marketing_agree: Option<bool>,
    /// Grade now.
    pub grade: Grade,
    /// When the customer signed up.
    pub signed_up_at: NaiveDateTime,
}

impl Customer {
    /// What a score needs to know, on a day.
    pub fn profile(&self, on: NaiveDate) -> Profile {
        Profile {
            age_band: self.birth_date.map(|birth_date| age_band(birth_date, on)),
            gender: self.gender,
            status: self.status,
            marketing_agree: self.marketing_agree,
            grade: self.grade,
        }
    }
}

/// The error of looking up a customer.
#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    /// No customer has the id.
    #[error("there is no customer `{0}`")]
    Unknown(String),
    /// The file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A customer by our number.
pub fn customer(store: &Store, user_id: i64) -> Result<Option<Customer>, StoreError> {
    store.optional_row(query!("propensity/customer.sql"), named! { "user_id": user_id }, |row| {
        Ok(Customer {
            user_id: row.get("user_id")?,
            external_id: row.get("external_id")?,
            name: row.get("name")?,
            gender: row.get("gender")?,
            birth_date: row.get("birth_date")?,
            status: row.get("status")?,
            marketing_agree: row.get("marketing_agree")?,
            grade: row.get("grade")?,
            signed_up_at: row.get("signed_up_at")?,
        })
    })
}

/// A customer's number by the shop's own id, or else by ours.
fn find_customer(store: &Store, id: &str) -> Result<Option<i64>, StoreError> {
    store.optional_row(query!("propensity/find_customer.sql"), named! { "id": id }, |row| row.get(0))
}

/// A customer by the shop's own id, or else by our number; an error if there is none.
pub fn require_customer(store: &Store, id: &str) -> Result<Customer, CustomerError> {
    let user_id = find_customer(store, id)?;
    let customer = user_id.map(|user_id| customer(store, user_id)).transpose()?.flatten();
    customer.ok_or_else(|| CustomerError::Unknown(id.to_owned()))
}
