//! What `idlist new` can be told about items: on the command line, and in a recipe for all ranks and for each.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use idlist::make::Vary;
use idlist::message;
use serde::{Deserialize, Deserializer, de::Error};

use super::CommandError;
use super::input;

/// The bucket that receives the images where nothing says it: the one that `local` has.
pub(crate) const BUCKET: &str = "000000000000-us-east-1-input-image-bucket";

/// Settings, all of which may be left out.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Number of items of every rank without a number of its own
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=super::new::MAX_ITEMS))]
    pub(crate) number: Option<u64>,

    /// What every id begins with [default: A]
    #[arg(long, value_name = "TEXT")]
    pub(crate) id_prefix: Option<String>,

    /// Number in the first id of every rank [default: 1]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) start: Option<u32>,

    /// Fewest digits of the number in an id; zeros fill it up [default: 1]
    #[arg(long, value_name = "DIGITS", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) width: Option<u8>,

    /// Bedrock model id [default: stability.stable-image-core-v1:1]
    #[arg(long)]
    pub(crate) model: Option<String>,

    /// File name of the images, such as '{id}.png'; its end decides their format [default: image.jpeg]
    #[arg(long)]
    pub(crate) key: Option<String>,

    /// Prompt, with {id}, {rank}, the names of --vary and the columns of --prompts in it
    #[arg(long, value_name = "TEXT")]
    pub(crate) prompt: Option<String>,

    /// What {NAME} can be; with :WEIGHT, how often (can be given several times)
    #[arg(long, value_name = "NAME=VALUE[:WEIGHT],…")]
    #[serde(deserialize_with = "vary")]
    pub(crate) vary: Vec<Vary>,

    /// Text before every prompt
    #[arg(long, value_name = "TEXT")]
    pub(crate) prefix: Option<String>,

    /// Text behind every prompt
    #[arg(long, value_name = "TEXT")]
    pub(crate) suffix: Option<String>,

    /// File with a style: the prompt takes the place of {prompt} in it, else it comes before it
    #[arg(long, value_name = "FILE")]
    pub(crate) style: Option<PathBuf>,

    /// What the pictures should not show
    #[arg(long, value_name = "TEXT")]
    pub(crate) negative_prompt: Option<String>,

    /// Shape of the pictures, such as 2:3
    #[arg(long, value_name = "W:H")]
    pub(crate) aspect_ratio: Option<String>,

    /// Seed of every item [default: the item's own, from its id and rank]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,

    /// Pictures of each item: same id and rank, file names with -1, -2, … and different seeds [default: 1]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) variations: Option<NonZeroU32>,

    /// Bucket that receives the images [default: <ACCOUNT>-<REGION>-input-image-bucket]
    #[arg(long)]
    pub(crate) bucket: Option<String>,

    /// AWS account id in the name of the bucket [default: 000000000000]
    #[arg(long, conflicts_with = "bucket")]
    pub(crate) account: Option<String>,

    /// AWS region in the name of the bucket [default: us-east-1]
    #[arg(long, conflicts_with = "bucket")]
    pub(crate) region: Option<String>,

    /// The ranks of a recipe.
    #[arg(skip)]
    pub(crate) rank: Vec<Settings>,

    /// The name of a rank in a recipe.
    #[arg(skip)]
    pub(crate) name: Option<String>,
}

impl Settings {
    /// Reads a recipe. Files that it names are beside it.
    pub(crate) fn of_recipe(path: &Path) -> Result<Self, CommandError> {
        let text = input::text(path, None)?;
        let mut recipe: Self =
            toml::from_str(&text).map_err(|error| input::bad(path, error.to_string().trim_end().to_owned()))?;
        if recipe.rank.is_empty() || recipe.name.is_some() {
            let what = message!(
                "recipe-without-ranks",
                "begin each rank with a line [[rank]] and a line name = \"…\" below it"
            );
            return Err(input::bad(path, what));
        }
        if let Some(nth) = recipe.rank.iter().position(|rank| rank.name.is_none() || !rank.rank.is_empty()) {
            let what = message!(
                "rank-without-name",
                "rank {number}: write name = \"…\" below the line [[rank]]",
                number = nth + 1,
            );
            return Err(input::bad(path, what));
        }
        let says_twice = |one: &Self| one.bucket.is_some() && (one.account.is_some() || one.region.is_some());
        if says_twice(&recipe) || recipe.rank.iter().any(says_twice) {
            let what =
                message!("bucket-twice", "account and region name a bucket; leave them out where bucket names one");
            return Err(input::bad(path, what));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let styles = recipe.rank.iter_mut().map(|rank| &mut rank.style).chain([&mut recipe.style]);
        styles.flatten().for_each(|style| *style = folder.join(&*style));
        Ok(recipe)
    }

    pub(crate) fn variations(&self) -> u64 {
        self.variations.map_or(1, |number| number.get().into())
    }

    /// The fields that are given, the same for every item but for what is in braces.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let bucket = self.bucket.clone().or_else(|| match (self.account.as_deref(), self.region.as_deref()) {
            (None, None) => None,
            (account, region) => {
                let (account, region) = (account.unwrap_or("000000000000"), region.unwrap_or("us-east-1"));
                Some(format!("{account}-{region}-input-image-bucket"))
            }
        });
        let fields = [
            ("inputBucketName", bucket),
            ("inputKeyName", self.key.clone()),
            ("model", self.model.clone()),
            ("negativePrompt", self.negative_prompt.clone()),
            ("aspectRatio", self.aspect_ratio.clone()),
            ("seed", self.seed.map(|seed| seed.to_string())),
        ];
        fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
    }

    /// These settings, and the other's where they say nothing.
    pub(crate) fn or(self, other: &Self) -> Self {
        macro_rules! or {
            ($($field:ident)*) => { Self { $($field: self.$field.or_else(|| other.$field.clone()),)* ..Self::default() } };
        }
        let is_new = |vary: &&Vary| self.vary.iter().all(|known| known.name() != vary.name());
        let vary = self.vary.iter().chain(other.vary.iter().filter(is_new)).cloned().collect();
        // Account and region name a bucket, too.
        let has_bucket = self.account.is_some() || self.region.is_some();
        let bucket = self.bucket.clone().or_else(|| other.bucket.clone().filter(|_| !has_bucket));
        let merged = or! {
            number id_prefix start width model key prompt prefix suffix style negative_prompt aspect_ratio seed variations
            account region name
        };
        Self { bucket, vary, ..merged }
    }
}

/// Reads a table of names, each with its values: `hair = ["black:3", "gold"]`.
fn vary<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vary>, D::Error> {
    let tables = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    let vary = |(name, values): (&String, &Vec<String>)| Vary::new(name, values.iter().map(String::as_str));
    tables.iter().map(vary).collect::<Result<_, _>>().map_err(Error::custom)
}
