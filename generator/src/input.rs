//! The function's input: an item, alone or in the state machine's envelope.

use crate::{Answer, Error, ErrorKind, Wait, rate_limit::Slot};
use idlist::{FieldProblem, Item, ProblemKind, RetiredModels};
use serde_json::Value;

/// An item as it came, and what its caller says about it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    pub(crate) item: Value,
    pub(crate) execution_name: Option<String>,
    /// Whether the caller can wait and then invoke the function again.
    pub(crate) can_wait: bool,
    /// The slot that the rate limiter reserved for it earlier.
    pub(crate) slot: Option<Slot>,
}

impl Input {
    /// Takes the item out of the envelope `{"item": …, "executionName": …, "canWait": …, "slot": …}`. Anything with an `id`, or without an
    /// `item`, is itself the item.
    pub(crate) fn parse(mut payload: Value) -> Self {
        let execution_name = payload.get("executionName").and_then(Value::as_str).map(str::to_owned);
        match payload.as_object_mut() {
            Some(object) if !object.contains_key("id") && object.contains_key("item") => {
                let can_wait = object.get("canWait").and_then(Value::as_bool).unwrap_or_default();
                let slot = object.remove("slot").and_then(|slot| serde_json::from_value(slot).ok());
                Self { item: object.remove("item").unwrap_or_default(), execution_name, can_wait, slot }
            }
            _ => Self { item: payload, execution_name, can_wait: false, slot: None },
        }
    }

    /// The item, checked.
    ///
    /// # Errors
    /// `ModelNotAvailable` when only its model is wrong, else `InvalidItem` with every problem.
    pub(crate) fn item(&self, retired: RetiredModels) -> Result<Item, Error> {
        Item::from_value(&self.item, retired).map_err(|problems| {
            let of_model =
                |problem: &FieldProblem| matches!(problem.kind, ProblemKind::UnknownModel | ProblemKind::RetiredModel);
            let is_model = problems.iter().all(of_model);
            let kind = if is_model { ErrorKind::ModelNotAvailable } else { ErrorKind::InvalidItem };
            Error::new(kind, problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })
    }

    /// The answer that makes the caller invoke the function with the same item again.
    pub(crate) fn wait(&self, wait_seconds: u64, slot: Option<Slot>) -> Answer {
        let Self { item, execution_name, .. } = self.clone();
        Answer::Wait(Wait { wait_seconds, slot, item, execution_name, can_wait: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn takes_the_item_out_of_its_envelope() {
        let input = Input::parse(json!({"item": {"id": "A1"}, "executionName": "run"}));
        let mut payload = json!({"item": {"id": "A1"}, "executionName": "run", "canWait": true, "slot": 4.5});
        let waiting = Input::parse(payload.clone());
        assert_eq!(serde_json::to_value((waiting.can_wait, waiting.slot)).unwrap(), json!([true, 4.5]));
        payload["slot"] = json!("nonsense");
        assert_eq!(Input::parse(payload), Input { slot: None, ..waiting.clone() });
        assert_eq!(input, Input { can_wait: false, slot: None, ..waiting });
        assert_eq!(Input::parse(json!({"item": 7, "executionName": "run"})).item, json!(7));
    }

    #[test]
    fn leaves_an_item_without_envelope_as_it_is() {
        for item in [json!({"id": "A1", "item": "extra"}), json!({"rank": "vip"}), json!([1]), json!(null), json!("x")]
        {
            assert_eq!(Input::parse(item.clone()), Input { item, execution_name: None, can_wait: false, slot: None });
        }
    }
}
