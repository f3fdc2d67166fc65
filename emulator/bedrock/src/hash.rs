//! A hash that is the same on every machine and in every version.

use sha2::{Digest, Sha256};

/// The first 64 bits of the SHA-256 of `parts`: the same on every machine and in every version. Each part counts with its length, so that
/// `ab`, `c` and `a`, `bc` differ.
pub fn hash(parts: &[&[u8]]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
