//! Getting, putting, copying and deleting objects over the wire.

use s3s::dto::{
    ContentType, CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput,
    DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETagCondition, Error, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, MetadataDirective, ObjectIdentifier, PutObjectInput,
    PutObjectOutput, StreamingBlob, Timestamp, TimestampFormat,
};
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::commit::Commit;
use crate::wire::body::{AT_ONCE, SMALL, blocking, open, read, receive, send};
use crate::wire::convert::{
    Announced, ReadConditions, asked_version, attributes, dto_checksum, dto_etag, dto_size, invalid_request,
    refuse_unsupported, s3_error, with_checksum, write_condition,
};
use crate::wire::request::BodyFacts;
use crate::wire::service::Service;
use crate::writer::{Expected, ObjectWriter, Written};
use crate::{Deletion, EventName, ObjectInfo, Store, StoreError, WriteCondition};

/// Fills the fields that GetObject and HeadObject have in common.
macro_rules! described {
    ($output:ident, $object:expr, $checksum_mode:expr) => {{
        let ObjectInfo { size, etag, last_modified, attributes, checksum, version_id, .. } = $object;
        let checksum = checksum.filter(|_| $checksum_mode.is_some());
        let output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: attributes.cache_control,
            checksum_type: dto_checksum(checksum.as_ref()).checksum_type,
            content_disposition: attributes.content_disposition,
            content_encoding: attributes.content_encoding,
            content_language: attributes.content_language,
            content_length: dto_size(size),
            content_type: attributes.content_type.map(ContentType::from),
            e_tag: dto_etag(&etag),
            expires: attributes.expires.and_then(|date| Timestamp::parse(TimestampFormat::HttpDate, &date).ok()),
            last_modified: Some(last_modified.into()),
            metadata: Some(attributes.metadata.into_iter().collect()),
            version_id,
            ..Default::default()
        };
        with_checksum!(output, checksum.as_ref())
    }};
}

impl Service {
    pub(crate) async fn do_get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        refuse_unsupported("GetObject", &request.headers)?;
        refuse_part_number(input.part_number)?;
        let version_id = asked_version(input.version_id)?;
        let (file, object) = open(&self.store, input.bucket, input.key, version_id).await?;
        let conditions = ReadConditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check(&object)?;
        let size = object.size;
        let range = input.range.map(|range| range.check(size)).transpose()?;
        // A checksum of the whole object says nothing about a part of it.
        let checksum_mode = input.checksum_mode.filter(|_| range.is_none());
        let mut output = described!(GetObjectOutput, object, checksum_mode);
        if let Some(range) = &range {
            output.content_length = dto_size(range.end - range.start);
            output.content_range = Some(format!("bytes {}-{}/{size}", range.start, range.end - 1));
        }
        output.body = Some(StreamingBlob::from(send(file, range.unwrap_or(0..size))));
        Ok(S3Response::new(output))
    }

    pub(crate) async fn do_head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        refuse_unsupported("HeadObject", &request.headers)?;
        refuse_part_number(input.part_number)?;
        let version_id = asked_version(input.version_id)?;
        let (_, object) = open(&self.store, input.bucket, input.key, version_id).await?;
        let conditions = ReadConditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        conditions.check(&object)?;
        Ok(S3Response::new(described!(HeadObjectOutput, object, input.checksum_mode)))
    }

    pub(crate) async fn do_put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let S3Request { input, headers, extensions, .. } = request;
        refuse_unsupported("PutObject", &headers)?;
        let facts = extensions.get::<BodyFacts>();
        let announced = Announced::new(&headers, facts)?;
        let attributes = attributes(&headers, input.metadata)?;
        let condition = write_condition(input.if_match, input.if_none_match)?;
        let (algorithm, sha256) = (announced.algorithm, announced.expected.sha256.is_some());
        let length = input.content_length.and_then(|length| u64::try_from(length).ok());
        let body = input.body.map_or_else(Body::empty, Body::from);
        let (store, target) = (self.store.clone(), (input.bucket, input.key, condition));
        let commit =
            move |store: &Store, target: &(String, String, WriteCondition), written: Written, expected: &Expected| {
                written.verify(expected)?;
                let ((bucket, key, condition), event_name) = (target, EventName::Put);
                store.commit(Commit { bucket, key, written, etag: None, attributes, condition, event_name })
            };
        let object = match length {
            Some(length @ ..=SMALL) => {
                let pieces = read(body).await?;
                let expected = announced.with_trailers(facts)?;
                let work = move || {
                    store.check_bucket_and_key(&target.0, &target.1)?;
                    let mut writer = ObjectWriter::new(&store, algorithm, sha256)?;
                    pieces.iter().try_for_each(|piece| writer.write(piece))?;
                    commit(&store, &target, writer.finish(), &expected)
                };
                // Handing it over to another thread takes longer than doing it.
                if length <= AT_ONCE { work().map_err(s3_error)? } else { blocking(work).await? }
            }
            _ => {
                let begin = {
                    let (store, (bucket, key, condition)) = (store.clone(), target.clone());
                    move || {
                        store.check_bucket_and_key(&bucket, &key)?;
                        // Before the client sends its bytes for nothing; the commit asks again.
                        store.check_condition(&bucket, &key, &condition)?;
                        store.check_size(length.unwrap_or(0))?;
                        ObjectWriter::new(&store, algorithm, sha256)
                    }
                };
                let written = receive(body, blocking(begin).await?).await?;
                let expected = announced.with_trailers(facts)?;
                blocking(move || commit(&store, &target, written, &expected)).await?
            }
        };
        let output = PutObjectOutput {
            e_tag: dto_etag(&object.etag),
            checksum_type: dto_checksum(object.checksum.as_ref()).checksum_type,
            version_id: object.version_id,
            ..Default::default()
        };
        Ok(S3Response::new(with_checksum!(output, object.checksum.as_ref())))
    }

    pub(crate) async fn do_copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let S3Request { input, headers, .. } = request;
        refuse_unsupported("CopyObject", &headers)?;
        let (source_bucket, source_key, source_version) = copy_source(&input.copy_source)?;
        let target = (input.bucket, input.key);
        let directive = input.metadata_directive.as_ref().map(MetadataDirective::as_str);
        let replaces = directive == Some(MetadataDirective::REPLACE);
        let onto_itself = (&source_bucket, &source_key, &source_version) == (&target.0, &target.1, &None);
        if onto_itself && !replaces {
            return Err(invalid_request("an object is copied to itself only with x-amz-metadata-directive: REPLACE"));
        }
        let attributes = replaces.then(|| attributes(&headers, input.metadata)).transpose()?;
        let conditions = ReadConditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
        let (_, from) = open(&self.store, source_bucket.clone(), source_key.clone(), source_version).await?;
        // The copy is of the version whose conditions were checked.
        let source_version = from.version_id.clone();
        conditions.check_copy(&from)?;

        let store = self.store.clone();
        let object = blocking({
            let source_version = source_version.clone();
            move || {
                let source = (source_bucket.as_str(), source_key.as_str(), source_version.as_deref());
                store.copy(source, (&target.0, &target.1), attributes, &WriteCondition::Always)
            }
        })
        .await?;
        let result = CopyObjectResult {
            e_tag: dto_etag(&object.etag),
            last_modified: Some(object.last_modified.into()),
            checksum_type: dto_checksum(object.checksum.as_ref()).checksum_type,
            ..Default::default()
        };
        let copy_object_result = Some(with_checksum!(result, object.checksum.as_ref()));
        Ok(S3Response::new(CopyObjectOutput {
            copy_object_result,
            copy_source_version_id: source_version,
            version_id: object.version_id,
            ..Default::default()
        }))
    }

    pub(crate) async fn do_delete_object(&self, input: DeleteObjectInput) -> S3Result<S3Response<DeleteObjectOutput>> {
        if input.if_match_size.is_some() || input.if_match_last_modified_time.is_some() {
            return Err(only_in_directory_buckets("DeleteObject"));
        }
        let version_id = asked_version(input.version_id)?;
        let condition = delete_condition(input.if_match);
        let store = self.store.clone();
        let deletion =
            blocking(move || store.delete_if(&input.bucket, &input.key, version_id.as_deref(), &condition)).await?;
        Ok(S3Response::new(DeleteObjectOutput {
            delete_marker: deletion.delete_marker.then_some(true),
            version_id: deletion.version_id,
            ..Default::default()
        }))
    }

    pub(crate) async fn do_delete_objects(
        &self,
        input: DeleteObjectsInput,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let (store, bucket) = (self.store.clone(), input.bucket);
        let quiet = input.delete.quiet == Some(true);
        let objects = input.delete.objects;
        if objects.iter().any(|object| object.size.is_some() || object.last_modified_time.is_some()) {
            return Err(only_in_directory_buckets("DeleteObjects"));
        }
        let results: Vec<(ObjectIdentifier, Result<Deletion, StoreError>)> = blocking(move || {
            store.check_bucket(&bucket)?;
            let delete = |object: ObjectIdentifier| {
                let condition = delete_condition(object.e_tag.clone().map(ETagCondition::ETag));
                let result = store.delete_if(&bucket, &object.key, object.version_id.as_deref(), &condition);
                (object, result)
            };
            Ok(objects.into_iter().map(delete).collect())
        })
        .await?;
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for (ObjectIdentifier { key, version_id, .. }, result) in results {
            match result {
                Ok(_) if quiet => {}
                Ok(Deletion { delete_marker, version_id: affected, .. }) => deleted.push(DeletedObject {
                    key: Some(key),
                    version_id,
                    delete_marker: delete_marker.then_some(true),
                    delete_marker_version_id: affected.filter(|_| delete_marker),
                }),
                Err(error) => errors.push(Error {
                    code: Some(error.code().to_owned()),
                    key: Some(key),
                    message: Some(error.to_string()),
                    version_id,
                }),
            }
        }
        let output = DeleteObjectsOutput { deleted: Some(deleted), errors: Some(errors), ..Default::default() };
        Ok(S3Response::new(output))
    }
}

/// Bucket, key and version of the source of a copy.
pub(crate) fn copy_source(source: &CopySource) -> S3Result<(String, String, Option<String>)> {
    match source {
        CopySource::Bucket { bucket, key, version_id } => {
            let version_id = asked_version(version_id.as_deref().map(str::to_owned))?;
            Ok((bucket.to_string(), key.to_string(), version_id))
        }
        _ => {
            let message = "x-amz-copy-source with an ARN is not implemented here; give bucket/key";
            Err(S3Error::with_message(S3ErrorCode::NotImplemented, message))
        }
    }
}

/// The condition of a deletion.
fn delete_condition(if_match: Option<ETagCondition>) -> WriteCondition {
    match if_match {
        None => WriteCondition::Always,
        Some(ETagCondition::Any) => WriteCondition::Present,
        Some(ETagCondition::ETag(etag)) => WriteCondition::Matches(etag.into_value()),
    }
}

fn only_in_directory_buckets(operation: &str) -> S3Error {
    let message = format!("{operation} with a size or a time as its condition is for directory buckets; give an ETag");
    S3Error::with_message(S3ErrorCode::NotImplemented, message)
}

fn refuse_part_number(part_number: Option<i32>) -> S3Result<()> {
    match part_number {
        None => Ok(()),
        Some(_) => {
            let message = "reading an object by partNumber is not implemented here; read ranges of bytes";
            Err(S3Error::with_message(S3ErrorCode::NotImplemented, message))
        }
    }
}
