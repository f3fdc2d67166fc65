//! Getting, putting, copying and deleting objects over the wire.

use std::fs::File;
use std::io::BufRead;
use std::ops;

use hyper::StatusCode;
use s3s::dto::*;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, s3_error};

use crate::commit::WriteCondition;
use crate::versions::Deletion;
use crate::wire::body::send;
use crate::wire::convert::{
    Source, asked_version, attributes, check_copy, check_read, copy_source, dto_etag, dto_size, refuse_unsupported,
    with_checksum, write_condition,
};
use crate::wire::payload::Payload;
use crate::wire::service::{Service, not_implemented};
use crate::writer::ObjectWriter;
use crate::{EventName, ObjectInfo, Store, StoreError};

/// Reads an object, for GetObject and HeadObject, which ask and answer alike: its file, and all of the answer but the
/// bytes.
macro_rules! read {
    ($service:expr, $input:ident, $headers:expr, $operation:literal, $output:ident) => {{
        refuse_unsupported($operation, $headers)?;
        let version_id = asked_version($input.version_id)?;
        let (file, object) = $service.open(($input.bucket, $input.key, version_id)).await?;
        let conditions = ($input.if_match, $input.if_none_match, $input.if_modified_since, $input.if_unmodified_since);
        check_read(&object, conditions)?;
        let range = asked_range(&object, $input.range, $input.part_number)?;
        let (bytes, size) = (range.clone().unwrap_or(0..object.size), object.size);
        let ObjectInfo { etag, last_modified, attributes, checksum, version_id, .. } = object;
        // A checksum of the whole object says nothing about a part of it.
        let checksum = checksum.filter(|_| $input.checksum_mode.is_some() && bytes == (0..size));
        let output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: attributes.cache_control,
            checksum_type: checksum.as_ref().and_then(|checksum| checksum.to_dto().checksum_type),
            content_disposition: attributes.content_disposition,
            content_encoding: attributes.content_encoding,
            content_language: attributes.content_language,
            content_length: dto_size(bytes.end - bytes.start),
            content_range: range.map(|range| format!("bytes {}-{}/{size}", range.start, range.end - 1)),
            content_type: attributes.content_type.map(ContentType::from),
            e_tag: dto_etag(&etag),
            expires: attributes.expires.and_then(|date| Timestamp::parse(TimestampFormat::HttpDate, &date).ok()),
            last_modified: Some(last_modified.into()),
            metadata: Some(attributes.metadata.into_iter().collect()),
            version_id,
            ..Default::default()
        };
        (file, bytes, with_checksum!(output, checksum.as_ref()))
    }};
}

/// The bytes that a request asks for. An object that was not uploaded in parts is its own part 1.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
fn asked_range(object: &ObjectInfo, range: Option<Range>, part: Option<i32>) -> S3Result<Option<ops::Range<u64>>> {
    match part {
        None => Ok(range.map(|range| range.check(object.size)).transpose()?),
        Some(_) if range.is_some() => {
            Err(s3_error!(InvalidRequest, "a request takes a Range header or a partNumber, not both"))
        }
        Some(_) if object.etag.contains('-') => {
            Err(not_implemented("reading a multipart upload by partNumber", "read ranges of bytes"))
        }
        Some(1) => Ok((object.size > 0).then_some(0..object.size)),
        Some(number) => {
            let message = format!("the object has one part, and partNumber is {number}");
            let mut error = S3Error::with_message(S3ErrorCode::Custom("InvalidPartNumber".into()), message);
            error.set_status_code(StatusCode::RANGE_NOT_SATISFIABLE);
            Err(error)
        }
    }
}

impl Service {
    /// Opens and describes an object.
    pub(crate) async fn open(&self, (bucket, key, version_id): Source) -> S3Result<(File, ObjectInfo)> {
        self.blocking(move |store| store.open_version(&bucket, &key, version_id.as_deref())).await
    }

    pub(crate) async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<GetObjectOutput> {
        let (input, headers) = (request.input, request.headers);
        let (file, bytes, mut output) = read!(self, input, &headers, "GetObject", GetObjectOutput);
        output.body = Some(send(file, &bytes)?);
        Ok(output)
    }

    pub(crate) async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<HeadObjectOutput> {
        let (input, headers) = (request.input, request.headers);
        Ok(read!(self, input, &headers, "HeadObject", HeadObjectOutput).2)
    }

    /// Objects have no tags here. `aws s3 cp` asks for them before it copies more than 8 MiB.
    pub(crate) async fn get_object_tagging(
        &self,
        request: S3Request<GetObjectTaggingInput>,
    ) -> S3Result<GetObjectTaggingOutput> {
        let input = request.input;
        let (_, object) = self.open((input.bucket, input.key, asked_version(input.version_id)?)).await?;
        Ok(GetObjectTaggingOutput { tag_set: Vec::new(), version_id: object.version_id })
    }

    pub(crate) async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
        let S3Request { input, headers, extensions, .. } = request;
        refuse_unsupported("PutObject", &headers)?;
        let payload = Payload::new(&headers, &extensions)?;
        let attributes = attributes(&headers, input.metadata)?;
        let condition = write_condition(input.if_match, input.if_none_match)?;
        let (bucket, key) = (input.bucket, input.key);
        let put = move |store: &Store, body: &mut dyn BufRead| {
            store.check_bucket_and_key(&bucket, &key)?;
            // Before the client sends its bytes for nothing; the commit asks again.
            store.entry(&bucket, &key).check_condition(&condition)?;
            let writer = ObjectWriter::new(store, payload.algorithm, payload.expected.sha256.is_some())?;
            let written = payload.write(body, writer)?;
            Ok(store.commit((&bucket, &key), written, attributes, &condition, EventName::Put)?)
        };
        let object = self.receive(input.body, put).await?;
        let output = PutObjectOutput {
            e_tag: dto_etag(&object.etag),
            checksum_type: object.checksum.as_ref().and_then(|checksum| checksum.to_dto().checksum_type),
            version_id: object.version_id,
            ..Default::default()
        };
        Ok(with_checksum!(output, object.checksum.as_ref()))
    }

    pub(crate) async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> S3Result<CopyObjectOutput> {
        let S3Request { input, headers, .. } = request;
        refuse_unsupported("CopyObject", &headers)?;
        let source = copy_source(&input.copy_source)?;
        let replaces = input.metadata_directive.is_some_and(|given| given.as_str() == MetadataDirective::REPLACE);
        if source == (input.bucket.clone(), input.key.clone(), None) && !replaces {
            return Err(s3_error!(
                InvalidRequest,
                "an object is copied to itself only with x-amz-metadata-directive: REPLACE"
            ));
        }
        let attributes = replaces.then(|| attributes(&headers, input.metadata)).transpose()?;
        let source = self.open(source).await?;
        let conditions = (
            input.copy_source_if_match,
            input.copy_source_if_none_match,
            input.copy_source_if_modified_since,
            input.copy_source_if_unmodified_since,
        );
        check_copy(&source.1, conditions)?;
        let copy_source_version_id = source.1.version_id.clone();
        let target = (input.bucket, input.key);
        let copy = move |store: &Store| store.copy(source, (&target.0, &target.1), attributes);
        let object = self.blocking(copy).await?;
        let result = CopyObjectResult {
            e_tag: dto_etag(&object.etag),
            last_modified: Some(object.last_modified.into()),
            checksum_type: object.checksum.as_ref().and_then(|checksum| checksum.to_dto().checksum_type),
            ..Default::default()
        };
        Ok(CopyObjectOutput {
            copy_object_result: Some(with_checksum!(result, object.checksum.as_ref())),
            copy_source_version_id,
            version_id: object.version_id,
            ..Default::default()
        })
    }

    pub(crate) async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<DeleteObjectOutput> {
        let input = request.input;
        refuse_unsupported("DeleteObject", &request.headers)?;
        let (version_id, condition) = (asked_version(input.version_id)?, write_condition(input.if_match, None)?);
        let delete = move |store: &Store| store.delete_if(&input.bucket, &input.key, version_id.as_deref(), &condition);
        let deletion = self.blocking(delete).await?;
        Ok(DeleteObjectOutput {
            delete_marker: deletion.delete_marker.then_some(true),
            version_id: deletion.version_id,
            ..Default::default()
        })
    }

    pub(crate) async fn delete_objects(&self, request: S3Request<DeleteObjectsInput>) -> S3Result<DeleteObjectsOutput> {
        let bucket = request.input.bucket;
        let Delete { objects, quiet } = request.input.delete;
        if objects.iter().any(|object| object.size.is_some() || object.last_modified_time.is_some()) {
            return Err(not_implemented("DeleteObjects with a size or a time as its condition", "give an ETag"));
        }
        if let Some(object) = objects.iter().find(|object| !object.key.chars().all(is_xml)) {
            return Err(s3_error!(MalformedXML, "XML 1.0 cannot hold the key {:?}; use DeleteObject", object.key));
        }
        let delete_all = move |store: &Store| {
            store.check_bucket(&bucket)?;
            let delete = |object: ObjectIdentifier| {
                let etag = object.e_tag.clone().map(ETag::into_value);
                let condition = etag.map_or(WriteCondition::Always, WriteCondition::Matches);
                let result = store.delete_if(&bucket, &object.key, object.version_id.as_deref(), &condition);
                (object, result)
            };
            Ok::<Vec<_>, StoreError>(objects.into_iter().map(delete).collect())
        };
        let results = self.blocking(delete_all).await?;
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for (ObjectIdentifier { key, version_id, .. }, result) in results {
            match result {
                Ok(_) if quiet == Some(true) => {}
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
        Ok(DeleteObjectsOutput { deleted: Some(deleted), errors: Some(errors), ..Default::default() })
    }
}

/// Whether XML 1.0 can hold the character. <https://www.w3.org/TR/xml/#charsets>
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
