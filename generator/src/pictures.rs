//! The pictures that go to the model, fetched from S3 and looked at before the model is paid: source image, mask, style image.

use crate::{Error, ErrorKind, classify, convert::format_of};
use aws_sdk_s3::{Client, operation::get_object::GetObjectError, operation::head_object::HeadObjectError};
use idlist::models::{Limits, PictureRole};
use idlist::request::{PictureVersion, Request};
use image::ImageReader;
use std::io::Cursor;

/// Most bytes of all pictures together: InvokeModel takes bodies of 25,000,000 bytes, base64 makes 4 bytes of 3, and the prompts need room.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
const MAX_BYTES: u64 = 18_000_000;

/// What S3 says of the pictures that the request needs.
///
/// # Errors
/// `SourceMissing` when one does not exist, `InvalidItem` when they are too large, else as every S3 call.
pub(crate) async fn describe(s3: &Client, request: &Request<'_>) -> Result<Vec<PictureVersion>, Error> {
    let mut versions = Vec::new();
    let mut left = MAX_BYTES;
    for (picture, bucket, key, _) in request.pictures() {
        let what = name(picture, bucket, key);
        let head = match s3.head_object().bucket(bucket).key(key).send().await {
            Ok(head) => head,
            Err(err) if err.as_service_error().is_some_and(HeadObjectError::is_not_found) => {
                return Err(missing(picture, &what));
            }
            Err(err) => return Err(classify::s3_error(&err, "HeadObject", &what)),
        };
        let bytes = head.content_length().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
        left = left.checked_sub(bytes).ok_or_else(|| {
            let message =
                format!("{what} has {bytes} bytes; Bedrock takes at most {MAX_BYTES} for all pictures of a request");
            Error::new(ErrorKind::InvalidItem, message)
        })?;
        let e_tag = head.e_tag().unwrap_or_default().to_owned();
        versions.push(PictureVersion { picture, bucket: bucket.to_owned(), key: key.to_owned(), e_tag });
    }
    Ok(versions)
}

/// The pictures that [`describe`] saw, in base64. Nothing but their headers is decoded.
///
/// # Errors
/// `SourceMissing` when one is gone, `InvalidItem` when one is not an image or has too many or too few pixels for the model,
/// `StorageFailed` when one was replaced meanwhile, else as every S3 call.
pub(crate) async fn fetch(
    s3: &Client,
    request: &Request<'_>,
    versions: &[PictureVersion],
) -> Result<Vec<(PictureRole, String)>, Error> {
    let mut pictures = Vec::new();
    for version in versions {
        let what = name(version.picture, &version.bucket, &version.key);
        let bytes = get(s3, version, &what).await?;
        let limits = request.pictures().find(|(picture, ..)| *picture == version.picture).map(|(.., limits)| limits);
        if let Some(limits) = limits {
            check(&bytes, limits, &what, request.model_id())?;
        }
        pictures.push((version.picture, base64_simd::STANDARD.encode_to_string(bytes)));
    }
    Ok(pictures)
}

async fn get(s3: &Client, version: &PictureVersion, what: &str) -> Result<Vec<u8>, Error> {
    let PictureVersion { picture, bucket, key, e_tag } = version;
    let object = match s3.get_object().bucket(bucket).key(key).if_match(e_tag).send().await {
        Ok(object) => object,
        Err(err) if err.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
            return Err(missing(*picture, what));
        }
        Err(err) => return Err(classify::s3_error(&err, "GetObject", what)),
    };
    let body = object.body.collect().await.map_err(|err| {
        let message = format!("{what} was cut off while it was read ({err}); it is retried later");
        Error::new(ErrorKind::StorageFailed, message)
    })?;
    Ok(body.to_vec())
}

/// Checks format and pixels of a picture by its header.
fn check(bytes: &[u8], limits: &Limits, what: &str, model_id: &str) -> Result<(), Error> {
    let invalid = |problem: String| Err(Error::new(ErrorKind::InvalidItem, format!("{what} {problem}")));
    if format_of(bytes).is_none() {
        return invalid("is not a JPEG, PNG or WebP image".to_owned());
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    match reader.map_err(image::ImageError::from).and_then(ImageReader::into_dimensions) {
        Err(err) => invalid(format!("cannot be read as an image: {err}")),
        Ok((width, height)) => match limits.check(width, height) {
            Ok(()) => Ok(()),
            Err(problem) => invalid(format!("{problem} by {model_id}")),
        },
    }
}

fn name(picture: PictureRole, bucket: &str, key: &str) -> String {
    format!("the {} s3://{bucket}/{key}", picture.name())
}

fn missing(picture: PictureRole, what: &str) -> Error {
    let [bucket, key] = picture.fields();
    let message = format!("{what} does not exist; make it and run the list again, or correct {bucket} and {key}");
    Error::new(ErrorKind::SourceMissing, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use idlist::models::{FAST_UPSCALE, Kind};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::GrayImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_judged_by_its_header() {
        let Kind::Picture { limits, .. } = &FAST_UPSCALE.parameters[0].kind else { panic!() };
        let problem = |bytes: &[u8]| check(bytes, limits, "it", "m").err().map(|err| (err.kind, err.message));
        assert_eq!(problem(&png(1_024, 1_024)), None);
        let mut header_alone = png(1_536, 600);
        header_alone.truncate(60);
        assert_eq!(problem(&header_alone), None);
        let (kind, message) = problem(&png(1_537, 600)).unwrap();
        assert_eq!(
            (kind, message.as_str()),
            (ErrorKind::InvalidItem, "it has 1537 × 600 pixels; at most 1536 on each side are taken by m")
        );
        assert_eq!(problem(b"text").unwrap().1, "it is not a JPEG, PNG or WebP image");
        assert!(problem(b"\x89PNG\r\n\x1a\n").unwrap().1.starts_with("it cannot be read as an image: "));
    }
}
