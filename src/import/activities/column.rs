//! The columns that an import of campaign activities can give.

use crate::import::mapping::{ImportColumn, ValueKind};

/// A column that an import of campaign activities can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum ActivityColumn {
    /// The shop's own id of the activity.
    ActivityId,
    /// What it is called.
    Name,
    /// The number or another id of its campaign.
    CampaignId,
    /// What its campaign is called.
    Campaign,
    /// How it reaches customers.
    Channel,
    /// What it costs.
    Budget,
    /// When it begins to acquire customers.
    StartAt,
    /// The first instant at which it no longer does.
    EndAt,
}

impl ImportColumn for ActivityColumn {
    const ROWS: &'static str = "activities";

    const TABLES: &'static [&'static str] = &["activities", "campaign_activities"];

    const ALL: &'static [Self] = &[
        ActivityColumn::ActivityId,
        ActivityColumn::Name,
        ActivityColumn::CampaignId,
        ActivityColumn::Campaign,
        ActivityColumn::Channel,
        ActivityColumn::Budget,
        ActivityColumn::StartAt,
        ActivityColumn::EndAt,
    ];

    /// And an id or a name; see `Mapping::need_one_of`.
    const REQUIRED: &'static [Self] = &[ActivityColumn::StartAt];

    fn name(self) -> &'static str {
        match self {
            ActivityColumn::ActivityId => "activity_id",
            ActivityColumn::Name => "name",
            ActivityColumn::CampaignId => "campaign_id",
            ActivityColumn::Campaign => "campaign",
            ActivityColumn::Channel => "channel",
            ActivityColumn::Budget => "budget",
            ActivityColumn::StartAt => "start_at",
            ActivityColumn::EndAt => "end_at",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            ActivityColumn::ActivityId => &["activity"],
            ActivityColumn::StartAt => &["start"],
            ActivityColumn::EndAt => &["end"],
            _ => &[],
        }
    }

    fn known_as(self) -> &'static [&'static str] {
        match self {
            ActivityColumn::ActivityId => {
                &["activityid", "campaignactivityid", "activity", "adid", "id", "활동번호", "활동id"]
            }
            ActivityColumn::Name => {
                &["name", "activityname", "title", "adname", "활동명", "이름", "activity"]
            }
            ActivityColumn::CampaignId => &["campaignid", "캠페인번호", "캠페인id"],
            ActivityColumn::Campaign => &["campaignname", "campaign", "utmcampaign", "캠페인명", "캠페인"],
            ActivityColumn::Channel => {
                &["channel", "medium", "utmmedium", "source", "utmsource", "채널", "매체"]
            }
            ActivityColumn::Budget => &[
                "budget",
                "cost",
                "spend",
                "adspend",
                "adcost",
                "totalcost",
                "totalspend",
                "예산",
                "비용",
                "광고비",
            ],
            ActivityColumn::StartAt => &[
                "startat",
                "startdate",
                "starttime",
                "startsat",
                "start",
                "begin",
                "begindate",
                "시작일시",
                "시작일자",
                "시작일",
            ],
            ActivityColumn::EndAt => {
                &["endat", "enddate", "endtime", "endsat", "end", "until", "종료일시", "종료일자", "종료일"]
            }
        }
    }

    fn kind(self) -> ValueKind {
        match self {
            ActivityColumn::ActivityId
            | ActivityColumn::Name
            | ActivityColumn::CampaignId
            | ActivityColumn::Campaign
            | ActivityColumn::Channel => ValueKind::Text,
            ActivityColumn::Budget => ValueKind::Amount,
            ActivityColumn::StartAt | ActivityColumn::EndAt => ValueKind::Instant,
        }
    }
}
