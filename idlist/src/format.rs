//! The image formats that an item can ask for, by the extension of its file name.

use serde::{Serialize, Serializer};

/// Format of the stored image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// `.jpeg` or `.jpg`.
    Jpeg,
    /// `.png`.
    Png,
    /// `.webp`.
    Webp,
}

impl ImageFormat {
    /// Format of a file name's extension, in upper or lower case; `None` if it is not one of ours.
    ///
    /// ```
    /// use idlist::ImageFormat;
    /// assert_eq!(ImageFormat::from_file_name("image.JPG"), Some(ImageFormat::Jpeg));
    /// assert_eq!(ImageFormat::from_file_name(".png"), None); // an extension, but no name
    /// ```
    pub fn from_file_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        [("jpeg", Self::Jpeg), ("jpg", Self::Jpeg), ("png", Self::Png), ("webp", Self::Webp)]
            .into_iter()
            .find_map(|(known, format)| extension.eq_ignore_ascii_case(known).then_some(format))
    }

    /// Name of the format as Bedrock's `output_format` takes it: `jpeg`, `png`, `webp`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// Media type for the `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

impl Serialize for ImageFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_extension_counts_in_any_case() {
        for (name, format) in [
            ("image.jpeg", Some(ImageFormat::Jpeg)),
            ("image.jpg", Some(ImageFormat::Jpeg)),
            ("a.b.PNG", Some(ImageFormat::Png)),
            ("絵.WebP", Some(ImageFormat::Webp)),
            ("image", None),
            ("image.", None),
            ("image.gif", None),
            (".jpeg", None),
            ("jpeg", None),
            ("", None),
        ] {
            assert_eq!(ImageFormat::from_file_name(name), format, "{name:?}");
        }
    }
}
