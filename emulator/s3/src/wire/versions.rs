//! Versioning of buckets, and the lists of versions, over the wire.

use s3s::dto::*;
use s3s::{S3Request, S3Result, s3_error};

use crate::Store;
use crate::version_list::{VersionInfo, VersionPage, VersionQuery};
use crate::versions::Version;
use crate::wire::convert::{dto_etag, dto_size};
use crate::wire::lists::{encoder, max_keys, owner};
use crate::wire::service::{Service, not_implemented};

impl Service {
    pub(crate) async fn get_bucket_versioning(
        &self,
        request: S3Request<GetBucketVersioningInput>,
    ) -> S3Result<GetBucketVersioningOutput> {
        let keeps_versions = move |store: &Store| {
            store.check_bucket(&request.input.bucket)?;
            store.keeps_versions(&request.input.bucket)
        };
        let enabled = BucketVersioningStatus::from_static(BucketVersioningStatus::ENABLED);
        let status = self.blocking(keeps_versions).await?.then_some(enabled);
        Ok(GetBucketVersioningOutput { status, ..Default::default() })
    }

    pub(crate) async fn put_bucket_versioning(
        &self,
        request: S3Request<PutBucketVersioningInput>,
    ) -> S3Result<PutBucketVersioningOutput> {
        let input = request.input;
        let configuration = input.versioning_configuration;
        if input.mfa.is_some() || configuration.mfa_delete.is_some_and(|mfa| mfa.as_str() != "Disabled") {
            return Err(not_implemented("PutBucketVersioning with MFA delete", "leave it out"));
        }
        match configuration.status.as_ref().map(BucketVersioningStatus::as_str) {
            Some(BucketVersioningStatus::ENABLED) => {}
            Some(BucketVersioningStatus::SUSPENDED) => {
                return Err(not_implemented("PutBucketVersioning with the Status Suspended", "give Enabled"));
            }
            _ => {
                return Err(s3_error!(
                    IllegalVersioningConfigurationException,
                    "the Status of a versioning configuration is Enabled or Suspended"
                ));
            }
        }
        self.blocking(move |store| store.enable_versioning(&input.bucket)).await?;
        Ok(PutBucketVersioningOutput::default())
    }

    pub(crate) async fn list_object_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<ListObjectVersionsOutput> {
        let input = request.input;
        if input.delimiter.is_some() {
            return Err(not_implemented("ListObjectVersions with a delimiter", "give a prefix"));
        }
        let max_keys = max_keys(input.max_keys)?;
        let encode = encoder(input.encoding_type.as_ref())?;
        let marker = |marker: &Option<String>| marker.clone().filter(|marker| !marker.is_empty());
        let (key_marker, version_id_marker) = (marker(&input.key_marker), marker(&input.version_id_marker));
        if version_id_marker.is_some() && key_marker.is_none() {
            return Err(s3_error!(InvalidArgument, "a version-id-marker needs a key-marker"));
        }
        let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone());
        let page = self.blocking(move |store| {
            let query = VersionQuery {
                prefix: prefix.as_deref().unwrap_or_default(),
                key_marker: key_marker.as_deref(),
                version_id_marker: version_id_marker.as_deref(),
                limit: usize::try_from(max_keys).unwrap_or(0),
            };
            store.list_versions(&bucket, query)
        });
        let VersionPage { versions, is_truncated } = page.await?;
        let is_truncated = is_truncated && !versions.is_empty();
        let last =
            versions.last().filter(|_| is_truncated).map(|last| (last.key.clone(), last.version.id().to_owned()));
        let (next_key_marker, next_version_id_marker) = last.unzip();
        let (mut objects, mut delete_markers) = (Vec::new(), Vec::new());
        for VersionInfo { key, is_latest, version } in versions {
            let (key, version_id, is_latest) = (Some(encode(key)), Some(version.id().to_owned()), Some(is_latest));
            let (last_modified, owner) = (Some(version.modified().time().into()), Some(owner()));
            match version {
                Version::DeleteMarker(_) => {
                    delete_markers.push(DeleteMarkerEntry { is_latest, key, last_modified, owner, version_id });
                }
                Version::Object(record) => objects.push(ObjectVersion {
                    e_tag: dto_etag(&record.etag),
                    is_latest,
                    key,
                    last_modified,
                    owner,
                    size: dto_size(record.file.size),
                    storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
                    version_id,
                    ..Default::default()
                }),
            }
        }
        Ok(ListObjectVersionsOutput {
            name: Some(input.bucket),
            prefix: Some(encode(input.prefix.unwrap_or_default())),
            key_marker: Some(encode(input.key_marker.unwrap_or_default())),
            version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
            max_keys: Some(max_keys),
            is_truncated: Some(is_truncated),
            next_key_marker: next_key_marker.map(&encode),
            next_version_id_marker,
            versions: Some(objects),
            delete_markers: Some(delete_markers),
            encoding_type: input.encoding_type,
            ..Default::default()
        })
    }
}
