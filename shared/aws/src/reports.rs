//! The port to where weekly reports are kept: immutable records, each with its page.

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::primitives::ByteStream;
use futures::future::BoxFuture;
use hearth_domain::days::IsoWeek;
use hearth_domain::ids::CommunityId;

use crate::clients::{self, code_of};
use crate::config::{Config, ConfigError};
use crate::store::{Store, StoreError};

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

    /// Adds the page made from the stored record, unless it is there.
    fn put_page<'a>(
        &'a self,
        id: &'a ReportId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// A report's JSON record.
    fn get<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>>;
}

/// In the journal table: the local stack, where pages are made from the record as they are asked
/// for.
impl Reports for Store {
    fn put<'a>(
        &'a self,
        id: &'a ReportId,
        json: &'a str,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(self.put_report(&id.community, id.week, id.revision, json))
    }

    fn put_page<'a>(
        &'a self,
        _id: &'a ReportId,
        _page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn get<'a>(&'a self, id: &'a ReportId) -> BoxFuture<'a, Result<Option<String>, StoreError>> {
        Box::pin(self.report(&id.community, id.week, Some(id.revision)))
    }
}

/// In an S3 bucket: `reports/<community>/<week>/<revision>.json` and `.html`.
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

    /// `false` = there is an object of that name.
    async fn add(&self, key: String, media: &str, body: &str) -> Result<bool, StoreError> {
        let answer = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(media)
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
        Box::pin(self.add(Self::key(id, "json"), "application/json", json))
    }

    fn put_page<'a>(
        &'a self,
        id: &'a ReportId,
        page: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.add(Self::key(id, "html"), "text/html; charset=utf-8", page)
                .await
                .map(|_| ())
        })
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
}
