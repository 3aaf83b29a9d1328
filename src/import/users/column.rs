//! The columns that an import of customers can give.

use crate::import::mapping::{ImportColumn, ValueKind};

/// A column that an import of customers can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum UserColumn {
    /// The shop's own id of the customer.
    Customer,
    /// What the customer is called.
    Name,
    /// F or M, as a word.
    Gender,
    /// The day of birth, or its year.
    BirthDate,
    /// Where the customer lives.
    Region,
    /// ACTIVE or DORMANT, as a word.
    Status,
    /// Whether the customer agreed to marketing, as a word.
    MarketingAgree,
    /// The grade to start from.
    Grade,
    /// When the customer signed up.
    SignedUpAt,
}

impl ImportColumn for UserColumn {
    const ROWS: &'static str = "users";

    const TABLES: &'static [&'static str] = &["users", "customers", "members"];

    const ALL: &'static [Self] = &[
        UserColumn::Customer,
        UserColumn::Name,
        UserColumn::Gender,
        UserColumn::BirthDate,
        UserColumn::Region,
        UserColumn::Status,
        UserColumn::MarketingAgree,
        UserColumn::Grade,
        UserColumn::SignedUpAt,
    ];

    const REQUIRED: &'static [Self] = &[UserColumn::Customer];

    fn name(self) -> &'static str {
        match self {
            UserColumn::Customer => "customer",
            UserColumn::Name => "name",
            UserColumn::Gender => "gender",
            UserColumn::BirthDate => "birth_date",
            UserColumn::Region => "region",
            UserColumn::Status => "status",
            UserColumn::MarketingAgree => "marketing_agree",
            UserColumn::Grade => "grade",
            UserColumn::SignedUpAt => "signed_up_at",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            UserColumn::Customer => &["customer_id", "user", "user_id"],
            _ => &[],
        }
    }

    fn known_as(self) -> &'static [&'static str] {
        match self {
            UserColumn::Customer => &[
                "userid",
                "customerid",
                "customer",
                "customerno",
                "user",
                "memberid",
                "memberno",
                "clientid",
                "buyerid",
                "id",
                "고객번호",
                "회원번호",
                "고객id",
                "회원id",
                "아이디",
            ],
            UserColumn::Name => &[
                "name",
                "customername",
                "username",
                "fullname",
                "membername",
                "이름",
                "성명",
                "고객명",
                "회원명",
            ],
            UserColumn::Gender => &["gender", "sex", "성별"],
            UserColumn::BirthDate => &[
                "birthdate",
                "dateofbirth",
                "birthday",
                "dob",
                "birth",
                "birthyear",
                "yearofbirth",
                "생년월일",
                "생일",
                "출생연도",
                "생년",
            ],
            UserColumn::Region => &[
                "region",
                "city",
                "province",
                "state",
                "area",
                "location",
                "country",
                "지역",
                "거주지",
                "거주지역",
                "주소",
            ],
            UserColumn::Status => {
                &["status", "customerstatus", "userstatus", "accountstatus", "상태", "회원상태", "고객상태"]
            }
            UserColumn::MarketingAgree => &[
                "marketingagree",
                "marketingconsent",
                "marketing",
                "marketingoptin",
                "acceptsmarketing",
                "acceptsemailmarketing",
                "optin",
                "newsletter",
                "subscribed",
                "consent",
                "마케팅동의",
                "마케팅수신동의",
                "마케팅동의여부",
                "수신동의",
                "광고수신동의",
            ],
            UserColumn::Grade => &["grade", "등급", "회원등급", "고객등급"],
            UserColumn::SignedUpAt => &[
                "signedupat",
                "signupdate",
                "signupat",
                "signup",
                "registeredat",
                "registrationdate",
                "registered",
                "joinedat",
                "joindate",
                "joined",
                "membersince",
                "createdat",
                "created",
                "가입일시",
                "가입일자",
                "가입일",
                "등록일",
            ],
        }
    }

    fn kind(self) -> ValueKind {
        match self {
            UserColumn::Customer | UserColumn::Name | UserColumn::Region => ValueKind::Text,
            UserColumn::Gender | UserColumn::Status | UserColumn::MarketingAgree | UserColumn::Grade => {
                ValueKind::Word
            }
            UserColumn::BirthDate | UserColumn::SignedUpAt => ValueKind::Instant,
        }
    }
}
