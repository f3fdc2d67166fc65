//! What varies between the prompts of a list: a name and the values that it takes, each with its weight.

use std::str::FromStr;

use crate::seed::digest_of_parts;

/// A name with its values, written `hair=black:3,gold` (black three times as often as gold).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vary {
    name: String,
    /// Each value with its weight, 1 or more.
    values: Vec<(String, u32)>,
    total: u64,
}

impl FromStr for Vary {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, values) = text
            .split_once('=')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or_else(|| format!("{text:?} has no name; write NAME=VALUE,VALUE, such as hair=black:3,gold"))?;
        Self::new(name, values.split(','))
    }
}

/// A value and its weight. What follows the last colon is a weight if it is a whole number, else part of the value.
fn weighted(name: &str, text: &str) -> Result<(String, u32), String> {
    let (value, weight) = match text.rsplit_once(':').map(|(value, weight)| (value, weight.trim().parse())) {
        Some((value, Ok(weight))) => (value.trim(), weight),
        _ => (text.trim(), 1),
    };
    if value.is_empty() {
        return Err(format!("a value of {name} is blank; leave it out"));
    }
    if weight == 0 {
        return Err(format!("{value:?} of {name} has the weight 0; leave it out, or use 1 or more"));
    }
    Ok((value.to_owned(), weight))
}

impl Vary {
    /// What varies under a name: values, each with `:WEIGHT` behind it or without.
    ///
    /// # Errors
    ///
    /// There are no values, or one is blank or has the weight 0.
    pub fn new<'a>(name: &str, values: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let name = name.trim();
        let values: Vec<_> = values.into_iter().map(|value| weighted(name, value)).collect::<Result<_, _>>()?;
        let total = values.iter().map(|(_, weight)| u64::from(*weight)).sum();
        if total == 0 {
            return Err(format!("{name} has no values; give some, or leave it out"));
        }
        Ok(Self { name: name.to_owned(), values, total })
    }

    /// The name, as placeholders have it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value that an item gets. It follows from id, rank and name, and from nothing else.
    pub(super) fn choose(&self, id: &str, rank: &str) -> &str {
        let [a, b, c, d, e, f, g, h, ..] = digest_of_parts(&[id, rank, &self.name]);
        let mut left = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % self.total.max(1);
        let is_next = |(_, weight): &&(String, u32)| match left.checked_sub(u64::from(*weight)) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        };
        self.values.iter().find(is_next).map_or("", |(value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_weights_and_may_have_colons() {
        let vary: Vary = "hair = black:3, gold ,ratio 16:x,a:b:2".parse().unwrap();
        assert_eq!(vary.name(), "hair");
        let values = [("black", 3), ("gold", 1), ("ratio 16:x", 1), ("a:b", 2)];
        assert_eq!(vary.values, values.map(|(value, weight)| (value.to_owned(), weight)));
    }

    #[test]
    fn what_says_nothing_is_explained() {
        let error = |text: &str| text.parse::<Vary>().unwrap_err().to_string();
        assert_eq!(error("hair"), "\"hair\" has no name; write NAME=VALUE,VALUE, such as hair=black:3,gold");
        assert_eq!(error("=a"), "\"=a\" has no name; write NAME=VALUE,VALUE, such as hair=black:3,gold");
        assert_eq!(error("hair=a,,b"), "a value of hair is blank; leave it out");
        assert_eq!(error("hair=a:0"), "\"a\" of hair has the weight 0; leave it out, or use 1 or more");
    }

    #[test]
    fn a_value_comes_as_often_as_its_weight_says_and_always_for_the_same_items() {
        let vary: Vary = "hair=black:3,gold".parse().unwrap();
        let choices =
            || (0..4_000).map(|number| vary.choose(&format!("A{number}"), "vip").to_owned()).collect::<Vec<_>>();
        assert_eq!(choices(), choices());
        let gold = choices().into_iter().filter(|choice| choice == "gold").count();
        assert!((850..1_150).contains(&gold), "{gold}");
    }
}
