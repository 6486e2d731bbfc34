//! The port to where weekly reports are kept: immutable records, each with its page, and beside them the
//! index of weeks, which is made anew with each.

use std::time::Duration;

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use futures::future::BoxFuture;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;

use crate::clients::{self, code_of};
use crate::config::{Config, ConfigError};
use crate::store::StoreError;

/// Which report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportId {
    /// Of which community.
    pub community: CommunityId,
    /// Of which week.
    pub week: IsoWeek,
    /// 1 = provisional, 2 = final.
    pub revision: u8,
}

/// Keeps reports.
pub trait Reports: Send + Sync {
    /// Adds a report's JSON record. `false` = it is there already: records are never rewritten.
    fn put<'a>(
        &'a self,
        id: &'a ReportId,
        json: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Puts the page made from the stored record in the place of one that is there.
    fn put_page<'a>(
        &'a self,
        id: &'a ReportId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Puts the index of a community's weeks in the place of the one before.
    fn put_index<'a>(
        &'a self,
        community: &'a CommunityId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// A report's JSON record.
    fn get<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>>;

    /// The weeks and revisions that there are records of, ascending.
    fn list<'a>(
        &'a self,
        community: &'a CommunityId,
    ) -> BoxFuture<'a, Result<Vec<(IsoWeek, u8)>, StoreError>>;

    /// Where operators read a report's page, for as long as such a link holds; `None` = nowhere.
    fn url<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>>;
}

const PAGE: &str = "text/html; charset=utf-8";
/// A link holds for a week, until the next report. AWS lets none live longer, and none longer than the
/// credentials that signed it: those of a function are renewed after some hours.
const LINK: Duration = Duration::from_hours(7 * 24);

/// In an S3 bucket: `reports/<community>/<week>/<revision>.json` and `.html`, and
/// `reports/<community>/index.html`.
#[derive(Debug, Clone)]
pub struct S3Reports {
    client: aws_sdk_s3::Client,
    bucket: String,
}

impl S3Reports {
    /// In a bucket.
    pub fn new(client: aws_sdk_s3::Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    /// In the bucket `HEARTH_REPORT_BUCKET`, with the function's credentials.
    pub fn connect(config: &Config) -> Result<Self, ConfigError> {
        let bucket = config.environment.need("HEARTH_REPORT_BUCKET")?.to_owned();
        Ok(Self::new(clients::s3(config, None)?, bucket))
    }

    fn key(id: &ReportId, kind: &str) -> String {
        let ReportId {
            community,
            week,
            revision,
        } = id;
        format!("reports/{community}/{week}/{revision}.{kind}")
    }

    /// The week and revision of a record's key; `None` = it is no record.
    fn of_key(community: &CommunityId, key: &str) -> Option<(IsoWeek, u8)> {
        let name = key.strip_prefix(&format!("reports/{community}/"))?;
        let (week, revision) = name.strip_suffix(".json")?.split_once('/')?;
        Some((week.parse().ok()?, revision.parse().ok()?))
    }

    /// A page in place of the one that is there: it is made from records, so nothing is lost with it.
    async fn put_over(&self, key: String, page: &str) -> Result<(), StoreError> {
        let answer = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(PAGE)
            .body(ByteStream::from(page.as_bytes().to_vec()))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => Err(StoreError::of("PutObject", &error)),
        }
    }

    /// A record. `false` = there is an object of that name.
    async fn add(&self, key: String, body: &str) -> Result<bool, StoreError> {
        let answer = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type("application/json")
            .if_none_match("*")
            .body(ByteStream::from(body.as_bytes().to_vec()))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if code_of(&error) == "PreconditionFailed" => Ok(false),
            Err(error) => Err(StoreError::of("PutObject", &error)),
        }
    }
}

impl Reports for S3Reports {
    fn put<'a>(
        &'a self,
        id: &'a ReportId,
        json: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.add(Self::key(id, "json"), json))
    }

    fn put_page<'a>(
        &'a self,
        id: &'a ReportId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.put_over(Self::key(id, "html"), page))
    }

    fn put_index<'a>(
        &'a self,
        community: &'a CommunityId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.put_over(format!("reports/{community}/index.html"), page))
    }

    fn get<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            let answer = self
                .client
                .get_object()
                .bucket(&self.bucket)
                .key(Self::key(id, "json"))
                .send()
                .await;
            let body = match answer {
                Ok(answer) => answer.body.collect().await,
                Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => {
                    return Ok(None);
                }
                Err(error) => return Err(StoreError::of("GetObject", &error)),
            };
            let bytes = body.map_err(|_| StoreError::Unavailable {
                operation: "GetObject",
                code: "body".to_owned(),
            })?;
            String::from_utf8(bytes.to_vec())
                .map(Some)
                .map_err(|_| StoreError::Corrupt("report: not UTF-8".to_owned()))
        })
    }

    fn list<'a>(
        &'a self,
        community: &'a CommunityId,
    ) -> BoxFuture<'a, Result<Vec<(IsoWeek, u8)>, StoreError>> {
        Box::pin(async move {
            let mut pages = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(format!("reports/{community}/"))
                .into_paginator()
                .send();
            let mut found = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| StoreError::of("ListObjectsV2", &error))?;
                let keys = page.contents().iter().filter_map(|object| object.key());
                found.extend(keys.filter_map(|key| Self::of_key(community, key)));
            }
            found.sort_unstable();
            Ok(found)
        })
    }

    fn url<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(async move {
            let unsigned = |code: String| StoreError::Unavailable {
                operation: "presigned GetObject",
                code,
            };
            let holds =
                PresigningConfig::expires_in(LINK).map_err(|_| unsigned("expiry".to_owned()))?;
            let page = self
                .client
                .get_object()
                .bucket(&self.bucket)
                .key(Self::key(id, "html"));
            let signed = page.presigned(holds).await;
            let signed = signed.map_err(|error| unsigned(code_of(&error)))?;
            Ok(Some(signed.uri().to_owned()))
        })
    }
}
