//! Multipart uploads over the wire.

use std::io::{BufRead, Read as _, Seek as _, SeekFrom};

use s3s::dto::*;
use s3s::{S3Request, S3Result, s3_error};

use crate::Store;
use crate::checksum::{self, ChecksumAlgorithm, checksum_type};
use crate::error::Doing;
use crate::uploads::{CompletedPart, MAX_PART, Upload, UploadChecksum};
use crate::wire::convert::{
    attributes, check_copy, copy_source, dto_etag, refuse_unsupported, with_checksum, write_condition,
};
use crate::wire::payload::Payload;
use crate::wire::service::Service;
use crate::writer::ObjectWriter;

impl Service {
    pub(crate) async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<CreateMultipartUploadOutput> {
        let S3Request { input, headers, .. } = request;
        refuse_unsupported("CreateMultipartUpload", &headers)?;
        let checksum = upload_checksum(&input)?;
        let attributes = attributes(&headers, input.metadata)?;
        let create = move |store: &Store| store.create_upload(&input.bucket, &input.key, attributes, checksum);
        let upload = self.blocking(create).await?;
        Ok(CreateMultipartUploadOutput {
            bucket: Some(upload.bucket),
            key: Some(upload.key),
            upload_id: Some(upload.id),
            checksum_algorithm: checksum.map(|checksum| checksum.algorithm.name().into()),
            checksum_type: checksum.map(|checksum| checksum_type(checksum.full_object)),
            ..Default::default()
        })
    }

    pub(crate) async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
        let S3Request { input, headers, extensions, .. } = request;
        refuse_unsupported("UploadPart", &headers)?;
        let number = part_number(input.part_number)?;
        let payload = Payload::new(&headers, &extensions)?;
        let add = move |store: &Store, body: &mut dyn BufRead| {
            let upload = store.upload(&input.bucket, &input.key, &input.upload_id)?;
            let algorithm = part_algorithm(&upload, payload.algorithm)?;
            let writer = ObjectWriter::new(store, algorithm, payload.expected.sha256.is_some())?;
            Ok(store.add_part(&upload, number, payload.write(body, writer)?)?)
        };
        let part = self.receive(input.body, add).await?;
        let output = UploadPartOutput { e_tag: dto_etag(&part.md5), ..Default::default() };
        Ok(with_checksum!(output, part.checksum.as_ref()))
    }

    pub(crate) async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<UploadPartCopyOutput> {
        let S3Request { input, headers, .. } = request;
        refuse_unsupported("UploadPartCopy", &headers)?;
        let number = part_number(input.part_number)?;
        let (mut file, object) = self.open(copy_source(&input.copy_source)?).await?;
        let conditions = (
            input.copy_source_if_match,
            input.copy_source_if_none_match,
            input.copy_source_if_modified_since,
            input.copy_source_if_unmodified_since,
        );
        check_copy(&object, conditions)?;
        let range = match &input.copy_source_range {
            None => 0..object.size,
            Some(range) => Range::parse(range)
                .map_err(|_| s3_error!(InvalidArgument, "x-amz-copy-source-range must be bytes=first-last"))?
                .check(object.size)?,
        };
        let add = move |store: &Store| {
            let upload = store.upload(&input.bucket, &input.key, &input.upload_id)?;
            let mut writer = ObjectWriter::new(store, upload.checksum.map(|checksum| checksum.algorithm), false)?;
            file.seek(SeekFrom::Start(range.start)).doing("read", object.key.as_ref())?;
            writer.write_file(file.take(range.end - range.start))?;
            store.add_part(&upload, number, writer.finish())
        };
        let part = self.blocking(add).await?;
        let result = CopyPartResult {
            e_tag: dto_etag(&part.md5),
            last_modified: Some(part.last_modified.into()),
            ..Default::default()
        };
        Ok(UploadPartCopyOutput {
            copy_part_result: Some(with_checksum!(result, part.checksum.as_ref())),
            copy_source_version_id: object.version_id,
            ..Default::default()
        })
    }

    pub(crate) async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let S3Request { input, headers, extensions, .. } = request;
        let mut expected = Payload::new(&headers, &extensions)?.expected;
        // These describe the request's own body, a list of parts.
        (expected.md5, expected.sha256) = (None, None);
        let condition = write_condition(input.if_match, input.if_none_match)?;
        let listed = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let parts = listed.into_iter().map(completed_part).collect::<S3Result<Vec<_>>>()?;
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let complete = move |store: &Store| {
            let upload = store.upload(&bucket, &key, &input.upload_id)?;
            store.complete_upload(&upload, &parts, &expected, &condition)
        };
        let object = self.blocking(complete).await?;
        let output = CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: dto_etag(&object.etag),
            checksum_type: object.checksum.as_ref().and_then(|checksum| checksum.to_dto().checksum_type),
            version_id: object.version_id,
            ..Default::default()
        };
        Ok(with_checksum!(output, object.checksum.as_ref()))
    }

    pub(crate) async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<AbortMultipartUploadOutput> {
        let input = request.input;
        let abort =
            move |store: &Store| store.abort_upload(&store.upload(&input.bucket, &input.key, &input.upload_id)?);
        self.blocking(abort).await?;
        Ok(AbortMultipartUploadOutput::default())
    }
}

fn part_number(number: i32) -> S3Result<u32> {
    match u32::try_from(number) {
        Ok(number @ 1..=MAX_PART) => Ok(number),
        _ => Err(s3_error!(InvalidArgument, "partNumber must be from 1 to {MAX_PART}")),
    }
}

/// The algorithm for the checksum of a part: the upload's, if it has one.
fn part_algorithm(upload: &Upload, sent: Option<ChecksumAlgorithm>) -> S3Result<Option<ChecksumAlgorithm>> {
    match (upload.checksum, sent) {
        (Some(checksum), Some(sent)) if checksum.algorithm != sent => {
            let (begun, sent) = (checksum.algorithm.name(), sent.name());
            Err(s3_error!(
                InvalidRequest,
                "the upload was begun with {begun} checksums, but this part comes with {sent}"
            ))
        }
        (checksum, sent) => Ok(checksum.map(|checksum| checksum.algorithm).or(sent)),
    }
}

/// The checksum of an upload; for CRC64NVME always of the whole object, for others unless FULL_OBJECT is asked for, of
/// the parts. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>
fn upload_checksum(input: &CreateMultipartUploadInput) -> S3Result<Option<UploadChecksum>> {
    let Some(name) = &input.checksum_algorithm else { return Ok(None) };
    let unknown = || s3_error!(InvalidArgument, "there is no checksum algorithm {}", name.as_str());
    let algorithm = ChecksumAlgorithm::from_name(name.as_str()).ok_or_else(unknown)?;
    let asked = input.checksum_type.as_ref().is_some_and(|kind| kind.as_str() == ChecksumType::FULL_OBJECT);
    let full_object = asked || algorithm == ChecksumAlgorithm::Crc64nvme;
    Ok(Some(UploadChecksum { algorithm, full_object }))
}

fn completed_part(part: s3s::dto::CompletedPart) -> S3Result<CompletedPart> {
    let missing = || s3_error!(MalformedXML, "every part needs a PartNumber and an ETag");
    let number = part_number(part.part_number.ok_or_else(missing)?)?;
    let etag = part.e_tag.ok_or_else(missing)?.into_value();
    let checksum = checksum::Checksum::from_dto(Checksum {
        checksum_crc32: part.checksum_crc32,
        checksum_crc32c: part.checksum_crc32c,
        checksum_crc64nvme: part.checksum_crc64nvme,
        checksum_sha1: part.checksum_sha1,
        checksum_sha256: part.checksum_sha256,
        ..Default::default()
    });
    Ok(CompletedPart { number, etag, checksum })
}
