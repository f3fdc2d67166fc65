//! The function's input: an item, alone or as the state machine hands it over.

use crate::pace::Ticket;
use serde_json::Value;

/// An item, the execution that it belongs to, and its place in the line of its model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Input {
    pub(crate) item: Value,
    pub(crate) execution_name: Option<String>,
    /// Whether the caller can wait, and comes back.
    pub(crate) can_wait: bool,
    pub(crate) ticket: Option<Ticket>,
}

impl Input {
    /// Takes the item out of the state machine's envelope `{"item": …, "executionName": …, "canWait": …, "ticket": …}`. Anything
    /// with an `id`, or without an `item`, is itself the item.
    pub(crate) fn of(mut payload: Value) -> Self {
        let execution_name = payload.get("executionName").and_then(Value::as_str).map(str::to_owned);
        match payload.as_object_mut() {
            Some(object) if !object.contains_key("id") && object.contains_key("item") => {
                let can_wait = object.get("canWait").and_then(Value::as_bool).unwrap_or_default();
                let ticket = object.remove("ticket").and_then(|ticket| serde_json::from_value(ticket).ok());
                Self { item: object.remove("item").unwrap_or_default(), execution_name, can_wait, ticket }
            }
            _ => Self { item: payload, execution_name, can_wait: false, ticket: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_envelope_is_opened() {
        let input = Input::of(json!({"item": {"id": "A1"}, "executionName": "run"}));
        let mut payload = json!({"item": {"id": "A1"}, "executionName": "run", "canWait": true, "ticket": 4.5});
        let waiting = Input::of(payload.clone());
        assert_eq!(serde_json::to_value((waiting.can_wait, waiting.ticket)).unwrap(), json!([true, 4.5]));
        payload["ticket"] = json!("nonsense");
        assert_eq!(Input::of(payload), Input { ticket: None, ..waiting.clone() });
        assert_eq!(input, Input { can_wait: false, ticket: None, ..waiting.clone() });
        assert_eq!(Input::of(json!({"item": 7, "executionName": "run"})).item, json!(7));
    }

    #[test]
    fn an_item_alone_stays_as_it_is() {
        for item in [json!({"id": "A1", "item": "extra"}), json!({"rank": "vip"}), json!([1]), json!(null), json!("x")]
        {
            assert_eq!(Input::of(item.clone()), Input { item, execution_name: None, can_wait: false, ticket: None });
        }
    }
}
