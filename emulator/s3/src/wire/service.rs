//! The operations that the endpoint offers, and the refusal of every other one by name.

use std::fmt::Display;

use bytes::Bytes;
use hyper::{Method, Response, StatusCode, Uri};
use s3s::access::{S3Access, S3AccessContext};
use s3s::dto::*;
use s3s::validation::NameValidation;
use s3s::{Body, S3, S3Error, S3Request, S3Response, S3Result, s3_error};

use crate::Store;

/// The store behind the protocol.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) region: String,
}

/// Makes a method of [`Service`] the operation of the same name, as `s3s` calls it.
macro_rules! operations {
    ($($method:ident($input:ident) -> $output:ident;)*) => {
        #[async_trait::async_trait]
        impl S3 for Service {
            $(async fn $method(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                Service::$method(self, request).await.map(S3Response::new)
            })*
        }

        /// The names of the operations that are offered, with `Input` behind them.
        const OFFERED: &[&str] = &[$(stringify!($input)),*];
    };
}

operations! {
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput;
    copy_object(CopyObjectInput) -> CopyObjectOutput;
    create_bucket(CreateBucketInput) -> CreateBucketOutput;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput;
    get_object(GetObjectInput) -> GetObjectOutput;
    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput;
    head_bucket(HeadBucketInput) -> HeadBucketOutput;
    head_object(HeadObjectInput) -> HeadObjectOutput;
    list_buckets(ListBucketsInput) -> ListBucketsOutput;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput;
    list_objects(ListObjectsInput) -> ListObjectsOutput;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output;
    put_bucket_versioning(PutBucketVersioningInput) -> PutBucketVersioningOutput;
    put_object(PutObjectInput) -> PutObjectOutput;
    upload_part(UploadPartInput) -> UploadPartOutput;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput;
}

fn offered() -> Vec<&'static str> {
    OFFERED.iter().map(|input| input.trim_end_matches("Input")).collect()
}

/// Refuses what the store cannot do, and says what to do instead.
pub(crate) fn not_implemented(what: impl Display, instead: impl Display) -> S3Error {
    s3_error!(NotImplemented, "{what} is not implemented here; {instead}")
}

/// Refuses a request that is for no operation of S3.
pub(crate) fn unknown_operation(method: &Method, uri: &Uri) -> S3Error {
    let there_is = offered().join(", ");
    s3_error!(NotImplemented, "{method} {uri} is not an operation of S3; this endpoint has {there_is}")
}

/// Whether `s3s` found no operation for a request.
pub(crate) fn is_unknown_operation(response: &Response<Body>) -> bool {
    let says_so = |body: Bytes| String::from_utf8_lossy(&body).contains("<Message>Unknown operation</Message>");
    response.status() == StatusCode::NOT_IMPLEMENTED && response.body().bytes().is_some_and(says_so)
}

/// Lets the operations through that are offered.
pub(crate) struct Offered;

#[async_trait::async_trait]
impl S3Access for Offered {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let (name, offered) = (context.s3_op().name(), offered());
        if offered.contains(&name) {
            return Ok(());
        }
        Err(not_implemented(name, format!("this endpoint has {}", offered.join(", "))))
    }
}

/// Lets every bucket name through: the store checks them, and says which rule is broken.
#[derive(Debug)]
pub(crate) struct AnyName;

impl NameValidation for AnyName {
    fn validate_bucket_name(&self, _name: &str) -> bool {
        true
    }
}
