//! Multipart uploads over the wire.

use std::io::{Read as _, Seek as _, SeekFrom};

use s3s::dto::{
    self, AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumType, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Range,
    UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::error::Doing;
use crate::uploads::{CompletedPart, MAX_PART, Part, Upload, UploadChecksum};
use crate::wire::body::{blocking, open, receive};
use crate::wire::convert::{
    Announced, ReadConditions, attributes, dto_checksum, dto_etag, dto_size, invalid_argument, refuse_unsupported,
    s3_error, with_checksum, write_condition,
};
use crate::wire::objects::copy_source;
use crate::wire::request::BodyFacts;
use crate::wire::service::Service;
use crate::writer::ObjectWriter;
use crate::{Checksum, ChecksumAlgorithm, StoreError};

/// Parts in a page of ListParts, at most and unless fewer are asked for.
const PAGE: i32 = 1000;

impl Service {
    pub(crate) async fn do_create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let S3Request { input, headers, .. } = request;
        refuse_unsupported("CreateMultipartUpload", &headers)?;
        let attributes = attributes(&headers, input.metadata)?;
        let checksum = upload_checksum(
            input.checksum_algorithm.as_ref().map(dto::ChecksumAlgorithm::as_str),
            input.checksum_type.as_ref(),
        )?;
        let store = self.store.clone();
        let upload = blocking(move || store.create_upload(&input.bucket, &input.key, attributes, checksum)).await?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(upload.bucket),
            key: Some(upload.key),
            upload_id: Some(upload.id),
            checksum_algorithm: checksum.map(|checksum| checksum.algorithm.name().to_owned().into()),
            checksum_type: checksum.map(dto_checksum_type),
            ..Default::default()
        }))
    }

    pub(crate) async fn do_upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let S3Request { input, headers, extensions, .. } = request;
        refuse_unsupported("UploadPart", &headers)?;
        let number = part_number(input.part_number)?;
        let facts = extensions.get::<BodyFacts>();
        let announced = Announced::new(&headers, facts)?;
        let (algorithm, sha256) = (announced.algorithm, announced.expected.sha256.is_some());
        let length = input.content_length.and_then(|length| u64::try_from(length).ok());
        let store = self.store.clone();
        let (upload, writer) = blocking(move || {
            let upload = store.upload(&input.bucket, &input.key, &input.upload_id)?;
            store.check_size(length.unwrap_or(0))?;
            let algorithm = part_algorithm(&upload, algorithm)?;
            let writer = ObjectWriter::new(&store, algorithm, sha256)?;
            Ok((upload, writer))
        })
        .await?;
        let written = receive(input.body.map_or_else(Body::empty, Body::from), writer).await?;
        written.verify(&announced.with_trailers(facts)?).map_err(s3_error)?;
        let store = self.store.clone();
        let part = blocking(move || store.add_part(&upload, number, written)).await?;
        let output = UploadPartOutput { e_tag: dto_etag(&part.md5), ..Default::default() };
        Ok(S3Response::new(with_checksum!(output, part.checksum.as_ref())))
    }

    pub(crate) async fn do_upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        let S3Request { input, headers, .. } = request;
        refuse_unsupported("UploadPartCopy", &headers)?;
        let number = part_number(input.part_number)?;
        let (source_bucket, source_key, source_version) = copy_source(&input.copy_source)?;
        let (mut file, object) = open(&self.store, source_bucket, source_key, source_version).await?;
        let conditions = ReadConditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
        conditions.check_copy(&object)?;
        let range = match &input.copy_source_range {
            None => 0..object.size,
            Some(range) => Range::parse(range)
                .map_err(|_| invalid_argument("x-amz-copy-source-range must be bytes=first-last"))?
                .check(object.size)?,
        };
        let store = self.store.clone();
        let copy_source_version_id = object.version_id;
        let part = blocking(move || {
            let upload = store.upload(&input.bucket, &input.key, &input.upload_id)?;
            let algorithm = upload.checksum.map(|checksum| checksum.algorithm);
            let mut writer = ObjectWriter::new(&store, algorithm, false)?;
            file.seek(SeekFrom::Start(range.start)).doing("read", object.key.as_ref())?;
            writer.write_from(&mut file.take(range.end - range.start))?;
            store.add_part(&upload, number, writer.finish())
        })
        .await?;
        let result = CopyPartResult {
            e_tag: dto_etag(&part.md5),
            last_modified: Some(part.last_modified.into()),
            ..Default::default()
        };
        let copy_part_result = Some(with_checksum!(result, part.checksum.as_ref()));
        let output = UploadPartCopyOutput { copy_part_result, copy_source_version_id, ..Default::default() };
        Ok(S3Response::new(output))
    }

    pub(crate) async fn do_complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let S3Request { input, headers, .. } = request;
        let mut expected = Announced::new(&headers, None)?.expected;
        // These describe the request's own body, a list of parts.
        expected.md5 = None;
        let condition = write_condition(input.if_match, input.if_none_match)?;
        let listed = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let parts = listed.into_iter().map(completed_part).collect::<S3Result<Vec<_>>>()?;
        let (store, bucket, key) = (self.store.clone(), input.bucket.clone(), input.key.clone());
        let object = blocking(move || {
            let upload = store.upload(&bucket, &key, &input.upload_id)?;
            store.complete_upload(&upload, &parts, &expected, &condition)
        })
        .await?;
        let output = CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: dto_etag(&object.etag),
            checksum_type: dto_checksum(object.checksum.as_ref()).checksum_type,
            version_id: object.version_id,
            ..Default::default()
        };
        Ok(S3Response::new(with_checksum!(output, object.checksum.as_ref())))
    }

    pub(crate) async fn do_abort_multipart_upload(
        &self,
        input: AbortMultipartUploadInput,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let store = self.store.clone();
        blocking(move || {
            let upload = store.upload(&input.bucket, &input.key, &input.upload_id)?;
            store.abort_upload(&upload)
        })
        .await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    pub(crate) async fn do_list_parts(&self, input: ListPartsInput) -> S3Result<S3Response<ListPartsOutput>> {
        let after = input.part_number_marker.unwrap_or(0);
        let limit = input.max_parts.unwrap_or(PAGE).clamp(1, PAGE);
        let store = self.store.clone();
        let (upload, mut parts): (Upload, Vec<Part>) = blocking(move || {
            let upload = store.upload(&input.bucket, &input.key, &input.upload_id)?;
            let parts = store.parts(&upload)?;
            Ok((upload, parts))
        })
        .await?;
        parts.dedup_by_key(|part| part.number);
        let mut parts: Vec<dto::Part> = parts.iter().map(dto_part).collect();
        parts.retain(|part| part.part_number > Some(after));
        let is_truncated = i32::try_from(parts.len()).is_ok_and(|number| number > limit);
        parts.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(upload.bucket),
            key: Some(upload.key),
            upload_id: Some(upload.id),
            checksum_algorithm: upload.checksum.map(|checksum| checksum.algorithm.name().to_owned().into()),
            checksum_type: upload.checksum.map(dto_checksum_type),
            max_parts: Some(limit),
            part_number_marker: Some(after),
            next_part_number_marker: parts.last().and_then(|part| part.part_number),
            is_truncated: Some(is_truncated),
            parts: Some(parts),
            ..Default::default()
        }))
    }

    /// Lists all uploads under way in one page: there are never many on one machine.
    pub(crate) async fn do_list_multipart_uploads(
        &self,
        input: ListMultipartUploadsInput,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        if input.delimiter.is_some() || input.key_marker.is_some_and(|marker| !marker.is_empty()) {
            let message = "ListMultipartUploads with a delimiter or a marker is not implemented here";
            return Err(S3Error::with_message(S3ErrorCode::NotImplemented, message));
        }
        let (store, bucket) = (self.store.clone(), input.bucket.clone());
        let mut uploads = blocking(move || store.list_uploads(&bucket)).await?;
        uploads.retain(|upload| upload.key.starts_with(input.prefix.as_deref().unwrap_or_default()));
        let uploads = uploads.into_iter().map(|upload| MultipartUpload {
            initiated: time::OffsetDateTime::from_unix_timestamp_nanos(upload.initiated).ok().map(Into::into),
            key: Some(upload.key),
            upload_id: Some(upload.id),
            ..Default::default()
        });
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            prefix: input.prefix,
            is_truncated: Some(false),
            uploads: Some(uploads.collect()),
            ..Default::default()
        }))
    }
}

fn part_number(number: i32) -> S3Result<u32> {
    match u32::try_from(number) {
        Ok(number @ 1..=MAX_PART) => Ok(number),
        _ => Err(invalid_argument(format!("partNumber must be from 1 to {MAX_PART}"))),
    }
}

/// The algorithm for the checksum of a part: the upload's, if it has one.
fn part_algorithm(upload: &Upload, sent: Option<ChecksumAlgorithm>) -> Result<Option<ChecksumAlgorithm>, StoreError> {
    match (upload.checksum, sent) {
        (Some(checksum), Some(sent)) if checksum.algorithm != sent => {
            let (begun, sent) = (checksum.algorithm.name(), sent.name());
            let message = format!("the upload was begun with {begun} checksums, but this part comes with {sent}");
            Err(StoreError::InvalidRequest(message))
        }
        (checksum, sent) => Ok(checksum.map(|checksum| checksum.algorithm).or(sent)),
    }
}

/// The checksum of an upload; for CRC64NVME always of the whole object, for others unless FULL_OBJECT is asked for, of
/// the parts. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>
fn upload_checksum(algorithm: Option<&str>, kind: Option<&ChecksumType>) -> S3Result<Option<UploadChecksum>> {
    let Some(name) = algorithm else { return Ok(None) };
    let algorithm = ChecksumAlgorithm::from_name(name)
        .ok_or_else(|| invalid_argument(format!("there is no checksum algorithm {name}")))?;
    let asked = kind.is_some_and(|kind| kind.as_str() == ChecksumType::FULL_OBJECT);
    let full_object = asked || algorithm == ChecksumAlgorithm::Crc64nvme;
    Ok(Some(UploadChecksum { algorithm, full_object }))
}

fn dto_checksum_type(checksum: UploadChecksum) -> ChecksumType {
    ChecksumType::from_static(if checksum.full_object { ChecksumType::FULL_OBJECT } else { ChecksumType::COMPOSITE })
}

fn dto_part(part: &Part) -> dto::Part {
    let answer = dto::Part {
        part_number: i32::try_from(part.number).ok(),
        e_tag: dto_etag(&part.md5),
        size: dto_size(part.size),
        last_modified: Some(part.last_modified.into()),
        ..Default::default()
    };
    with_checksum!(answer, part.checksum.as_ref())
}

fn completed_part(part: dto::CompletedPart) -> S3Result<CompletedPart> {
    let missing = || S3Error::with_message(S3ErrorCode::MalformedXML, "every part needs a PartNumber and an ETag");
    let number = part_number(part.part_number.ok_or_else(missing)?)?;
    let etag = part.e_tag.ok_or_else(missing)?.into_value();
    let checksums = [
        (ChecksumAlgorithm::Crc32, part.checksum_crc32),
        (ChecksumAlgorithm::Crc32c, part.checksum_crc32c),
        (ChecksumAlgorithm::Crc64nvme, part.checksum_crc64nvme),
        (ChecksumAlgorithm::Sha1, part.checksum_sha1),
        (ChecksumAlgorithm::Sha256, part.checksum_sha256),
    ];
    let checksum =
        checksums.into_iter().find_map(|(algorithm, value)| value.map(|value| Checksum { algorithm, value }));
    Ok(CompletedPart { number, etag, checksum })
}
