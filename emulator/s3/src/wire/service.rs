//! The operations that the endpoint knows. What is not here, `s3s` answers with NotImplemented and its name.

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CopyObjectInput, CopyObjectOutput, CreateBucketInput, CreateBucketOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, DeleteBucketInput, DeleteBucketOutput, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput, GetBucketLocationOutput, GetBucketVersioningInput,
    GetBucketVersioningOutput, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
    HeadObjectOutput, ListBucketsInput, ListBucketsOutput, ListMultipartUploadsInput, ListMultipartUploadsOutput,
    ListObjectVersionsInput, ListObjectVersionsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, ListPartsInput, ListPartsOutput, PostObjectInput, PostObjectOutput, PutBucketVersioningInput,
    PutBucketVersioningOutput, PutObjectInput, PutObjectOutput, UploadPartCopyInput, UploadPartCopyOutput,
    UploadPartInput, UploadPartOutput,
};
use s3s::validation::NameValidation;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::Store;

/// The store behind the protocol.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) region: String,
}

/// Lets every bucket name through: the store checks them, and says which rule is broken.
#[derive(Debug)]
pub(crate) struct AnyName;

impl NameValidation for AnyName {
    fn validate_bucket_name(&self, _name: &str) -> bool {
        true
    }
}

type OperationResult<Output> = S3Result<S3Response<Output>>;

#[async_trait::async_trait]
impl S3 for Service {
    async fn list_buckets(&self, request: S3Request<ListBucketsInput>) -> OperationResult<ListBucketsOutput> {
        self.do_list_buckets(request.input).await
    }

    async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> OperationResult<CreateBucketOutput> {
        self.do_create_bucket(request.input).await
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> OperationResult<HeadBucketOutput> {
        self.do_head_bucket(request.input).await
    }

    async fn delete_bucket(&self, request: S3Request<DeleteBucketInput>) -> OperationResult<DeleteBucketOutput> {
        self.do_delete_bucket(request.input).await
    }

    async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> OperationResult<GetBucketLocationOutput> {
        self.do_get_bucket_location(request.input).await
    }

    async fn get_bucket_versioning(
        &self,
        request: S3Request<GetBucketVersioningInput>,
    ) -> OperationResult<GetBucketVersioningOutput> {
        self.do_get_bucket_versioning(request.input).await
    }

    async fn put_bucket_versioning(
        &self,
        request: S3Request<PutBucketVersioningInput>,
    ) -> OperationResult<PutBucketVersioningOutput> {
        self.do_put_bucket_versioning(request.input).await
    }

    async fn list_object_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> OperationResult<ListObjectVersionsOutput> {
        self.do_list_object_versions(request.input).await
    }

    async fn list_objects(&self, request: S3Request<ListObjectsInput>) -> OperationResult<ListObjectsOutput> {
        self.do_list_objects(request.input).await
    }

    async fn list_objects_v2(&self, request: S3Request<ListObjectsV2Input>) -> OperationResult<ListObjectsV2Output> {
        self.do_list_objects_v2(request.input).await
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> OperationResult<GetObjectOutput> {
        self.do_get_object(request).await
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> OperationResult<HeadObjectOutput> {
        self.do_head_object(request).await
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> OperationResult<PutObjectOutput> {
        self.do_put_object(request).await
    }

    /// Uploads by HTML forms are not offered; without this they would become PutObject.
    async fn post_object(&self, _request: S3Request<PostObjectInput>) -> OperationResult<PostObjectOutput> {
        Err(S3Error::with_message(S3ErrorCode::NotImplemented, "PostObject is not implemented here"))
    }

    async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> OperationResult<CopyObjectOutput> {
        self.do_copy_object(request).await
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> OperationResult<DeleteObjectOutput> {
        self.do_delete_object(request.input).await
    }

    async fn delete_objects(&self, request: S3Request<DeleteObjectsInput>) -> OperationResult<DeleteObjectsOutput> {
        self.do_delete_objects(request.input).await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> OperationResult<CreateMultipartUploadOutput> {
        self.do_create_multipart_upload(request).await
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> OperationResult<UploadPartOutput> {
        self.do_upload_part(request).await
    }

    async fn upload_part_copy(&self, request: S3Request<UploadPartCopyInput>) -> OperationResult<UploadPartCopyOutput> {
        self.do_upload_part_copy(request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> OperationResult<CompleteMultipartUploadOutput> {
        self.do_complete_multipart_upload(request).await
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> OperationResult<AbortMultipartUploadOutput> {
        self.do_abort_multipart_upload(request.input).await
    }

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> OperationResult<ListPartsOutput> {
        self.do_list_parts(request.input).await
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> OperationResult<ListMultipartUploadsOutput> {
        self.do_list_multipart_uploads(request.input).await
    }
}
