//! What a path or an intrinsic function is evaluated against.

use serde_json::Value;

/// What paths are looked up in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// What `$` means.
    pub(crate) data: &'a Value,
    /// What `$$` means.
    pub(crate) context: &'a Value,
}
