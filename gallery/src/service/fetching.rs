//! Taking pictures home: file names, the table of items, and the contact sheet as one HTML file.

use crate::Error;
use crate::model::{List, usd_of};
use idlist::make::Template;
use idlist::{Item, RetiredModels, message};
use maud::{DOCTYPE, PreEscaped, html};

/// Names that a template may have.
const NAMES: [&str; 5] = ["rank", "id", "file", "stem", "ext"];

/// How fetched files are called: a template of `{rank}`, `{id}`, `{file}`, `{stem}` and `{ext}`.
#[derive(Debug, Clone)]
pub(crate) struct FileName(String);

impl std::str::FromStr for FileName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // idlist knows what a template is.
        Template::parse(text, &NAMES)
            .map_err(|error| Error::Usage(message!("fault-of-name", "the name {error}", error)))?;
        Ok(Self(text.to_owned()))
    }
}

impl FileName {
    /// The relative path of an item's picture. What a file system cannot take, and what leads out of the folder, becomes `_`.
    #[must_use]
    pub(crate) fn of(&self, item: &Item, file: &str) -> String {
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "png"));
        let values = [&item.rank, &item.id, file, stem, extension];
        let mut path = String::new();
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            path.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = NAMES.iter().zip(values).find(|(known, _)| **known == name).map(|(_, value)| safe(value));
            path.push_str(&value.unwrap_or_default());
            rest = after;
        }
        path.push_str(rest);
        let parts = path.split('/').map(safe_part).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("/")
    }
}

/// Text without the characters that file systems do not take.
fn safe(text: &str) -> String {
    text.chars().map(|char| if char.is_control() || "/\\:*?\"<>|".contains(char) { '_' } else { char }).collect()
}

/// A part of a path that neither leads upwards nor ends in what Windows drops.
fn safe_part(part: &str) -> String {
    let part = part.trim().trim_end_matches('.');
    let stem = part.split('.').next().unwrap_or_default().to_uppercase();
    let is_device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|c: char| c.is_ascii_digit());
    if is_device { format!("_{part}") } else { part.to_owned() }
}

/// A table with prompt, model, seed and price of every picture. `file` tells the path of an item's picture, if it is there.
#[must_use]
pub(crate) fn items_csv(list: &List, file: impl Fn(usize) -> Option<String>) -> String {
    let mut csv = String::from("id,rank,file,model,seed,prompt,negativePrompt,aspectRatio,usd\r\n");
    for (index, listed) in list.items.iter().enumerate() {
        let Ok(item) = &listed.item else { continue };
        let model = item.resolved_model(RetiredModels::Redirect).ok();
        let cells = [
            item.id.clone(),
            item.rank.clone(),
            file(index).unwrap_or_default(),
            model.map_or_else(|| item.model.clone(), |model| model.id.to_owned()),
            model.map_or_else(String::new, |model| item.model_seed(model).to_string()),
            item.prompt.clone(),
            item.negative_prompt.clone().unwrap_or_default(),
            item.aspect_ratio.clone().unwrap_or_default(),
            usd_of(item).map_or_else(String::new, |usd| usd.to_string()),
        ];
        csv.push_str(&cells.map(|cell| csv_cell(&cell)).join(","));
        csv.push_str("\r\n");
    }
    csv
}

/// A cell that no spreadsheet takes for a formula.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn csv_cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    let text = format!("{guard}{text}");
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Head and foot of the contact sheet, and what stands between them for one picture.
pub(crate) fn album_page(title: &str) -> (String, String) {
    let head = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(ALBUM_STYLE)) }
            }
            body { h1 { (title) } (PreEscaped("<main>")) }
        }
    };
    let head = head.into_string();
    let head = head.strip_suffix("</body></html>").unwrap_or(&head).to_owned();
    (head, "</main></body></html>\n".to_owned())
}

/// One picture of the contact sheet.
pub(crate) fn album_picture(item: &Item, file: Option<&str>, jpeg: Option<&[u8]>) -> String {
    use base64_simd::STANDARD;
    let picture = html! {
        figure {
            @if let Some(jpeg) = jpeg {
                @let source = format!("data:image/jpeg;base64,{}", STANDARD.encode_to_string(jpeg));
                @match file {
                    Some(file) => a href=(relative(file)) { img loading="lazy" alt=(item.prompt) src=(source); },
                    None => img loading="lazy" alt=(item.prompt) src=(source);,
                }
            } @else { div.none {} }
            figcaption { b { (item.id) } " " small { (item.rank) } p { (item.prompt) } }
        }
    };
    picture.into_string()
}

/// A relative path as a link.
fn relative(path: &str) -> String {
    let encode =
        |part: &str| percent_encoding::utf8_percent_encode(part, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("./{}", path.split('/').map(encode).collect::<Vec<_>>().join("/"))
}

const ALBUM_STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:2rem}\
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:1.5rem}figure{margin:0}\
img,.none{width:100%;aspect-ratio:1;object-fit:contain;background:#8882;border-radius:6px}\
p{margin:0;font-size:.8rem;opacity:.8;overflow-wrap:anywhere}small{opacity:.7}";

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> List {
        List::read(br#"[{"id":"a:b","rank":"..vip","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"=1+1, \"x\" <script>"}]"#).unwrap()
    }

    #[test]
    fn names_stay_inside_the_folder() {
        let list = list();
        let item = list.item(0).unwrap();
        let name = |template: &str| template.parse::<FileName>().unwrap().of(item, &item.input_key_name);
        assert_eq!(name("{rank}-{id}.{ext}"), "..vip-a_b.png");
        assert_eq!(name("../../{rank}/con.{ext}"), "..vip/_con.png");
        assert!("{prompt}".parse::<FileName>().is_err());
    }

    #[test]
    fn prompts_are_neither_formulas_nor_markup() {
        let list = list();
        let csv = items_csv(&list, |_| Some("x.png".into()));
        assert!(csv.contains("\"'=1+1, \"\"x\"\" <script>\""), "{csv}");
        let picture = album_picture(list.item(0).unwrap(), Some("a b/c.png"), Some(b"x"));
        assert!(!picture.contains("<script>") && picture.contains("./a%20b/c%2Epng"), "{picture}");
        let (head, foot) = album_page("<b>");
        assert!(head.contains("&lt;b&gt;") && head.ends_with("<main>") && foot.starts_with("</main>"));
    }
}
