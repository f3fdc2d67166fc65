//! The checksums that clients may send along with an object, and that S3 keeps with it.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto;
use serde::{Deserialize, Serialize};

/// A checksum algorithm of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ChecksumAlgorithm {
    Crc32,
    Crc32c,
    Crc64nvme,
    Sha1,
    Sha256,
}

impl ChecksumAlgorithm {
    pub(crate) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64nvme, Self::Sha1, Self::Sha256];

    /// The header or trailer that carries the value.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The name in requests and answers, such as `CRC32`.
    pub(crate) fn name(self) -> String {
        self.header().trim_start_matches("x-amz-checksum-").to_ascii_uppercase()
    }

    /// The algorithm of this [name](Self::name), in any case.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn hasher(self) -> ChecksumHasher {
        let mut hasher = ChecksumHasher::default();
        match self {
            Self::Crc32 => hasher.crc32 = Some(Crc32::new()),
            Self::Crc32c => hasher.crc32c = Some(Crc32c::new()),
            Self::Crc64nvme => hasher.crc64nvme = Some(Crc64Nvme::new()),
            Self::Sha1 => hasher.sha1 = Some(Sha1::new()),
            Self::Sha256 => hasher.sha256 = Some(Sha256::new()),
        }
        hasher
    }
}

/// A checksum of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checksum {
    pub(crate) algorithm: ChecksumAlgorithm,
    /// In base64; a composite checksum is followed by `-` and the number of parts.
    pub(crate) value: String,
}

impl Checksum {
    /// Reads the first checksum of an `s3s` type, which has a field for each algorithm.
    pub(crate) fn from_dto(dto: dto::Checksum) -> Option<Self> {
        let values =
            [dto.checksum_crc32, dto.checksum_crc32c, dto.checksum_crc64nvme, dto.checksum_sha1, dto.checksum_sha256];
        let mut checksums = ChecksumAlgorithm::ALL.into_iter().zip(values);
        checksums.find_map(|(algorithm, value)| Some(Self { algorithm, value: value? }))
    }

    /// The same checksum as an `s3s` type.
    pub(crate) fn to_dto(&self) -> dto::Checksum {
        let kind = checksum_type(!self.value.contains('-'));
        let mut dto = dto::Checksum { checksum_type: Some(kind), ..Default::default() };
        let field = match self.algorithm {
            ChecksumAlgorithm::Crc32 => &mut dto.checksum_crc32,
            ChecksumAlgorithm::Crc32c => &mut dto.checksum_crc32c,
            ChecksumAlgorithm::Crc64nvme => &mut dto.checksum_crc64nvme,
            ChecksumAlgorithm::Sha1 => &mut dto.checksum_sha1,
            ChecksumAlgorithm::Sha256 => &mut dto.checksum_sha256,
        };
        *field = Some(self.value.clone());
        dto
    }

    /// The composite checksum of an object uploaded in parts with these checksums.
    pub(crate) fn composite(algorithm: ChecksumAlgorithm, parts: &[Self]) -> Option<Self> {
        let mut hasher = algorithm.hasher();
        for part in parts {
            hasher.update(&BASE64.decode(&part.value).unwrap_or_default());
        }
        let of_parts = Self::from_dto(hasher.finalize())?;
        Some(Self { value: format!("{}-{}", of_parts.value, parts.len()), ..of_parts })
    }
}

/// Whether a checksum is of the whole object or of the checksums of its parts, as an `s3s` type.
pub(crate) fn checksum_type(full_object: bool) -> dto::ChecksumType {
    let kind = if full_object { dto::ChecksumType::FULL_OBJECT } else { dto::ChecksumType::COMPOSITE };
    dto::ChecksumType::from_static(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_have_the_published_check_values() {
        // The check values of `123456789`: <https://reveng.sourceforge.io/crc-catalogue/all.htm>, FIPS 180 for SHA.
        for (algorithm, expected) in [
            (ChecksumAlgorithm::Crc32, "cbf43926"),
            (ChecksumAlgorithm::Crc32c, "e3069283"),
            (ChecksumAlgorithm::Crc64nvme, "ae8b14860a799888"),
            (ChecksumAlgorithm::Sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
            (ChecksumAlgorithm::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ] {
            let mut hasher = algorithm.hasher();
            hasher.update(b"1234");
            hasher.update(b"56789");
            let checksum = Checksum::from_dto(hasher.finalize()).unwrap();
            assert_eq!(checksum.algorithm, algorithm);
            assert_eq!(hex::encode(BASE64.decode(&checksum.value).unwrap()), expected);
            assert_eq!(Checksum::from_dto(checksum.to_dto()), Some(checksum));
            assert_eq!(ChecksumAlgorithm::from_name(&algorithm.name()), Some(algorithm));
        }
    }
}
