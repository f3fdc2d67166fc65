//! The function's input: an item, alone or as the state machine hands it over.

use serde_json::Value;

/// An item, and the execution that it belongs to.
#[derive(Debug, PartialEq)]
pub(crate) struct Input {
    pub(crate) item: Value,
    pub(crate) execution_name: Option<String>,
}

impl Input {
    /// Takes the item out of the state machine's envelope `{"item": …, "executionName": …}`. Anything with an `id`, or without an
    /// `item`, is itself the item.
    pub(crate) fn of(mut payload: Value) -> Self {
        let execution_name = payload.get("executionName").and_then(Value::as_str).map(str::to_owned);
        match payload.as_object_mut() {
            Some(object) if !object.contains_key("id") && object.contains_key("item") => {
                Self { item: object.remove("item").unwrap_or_default(), execution_name }
            }
            _ => Self { item: payload, execution_name },
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
        assert_eq!(input, Input { item: json!({"id": "A1"}), execution_name: Some("run".into()) });
        assert_eq!(Input::of(json!({"item": 7, "executionName": "run"})).item, json!(7));
    }

    #[test]
    fn an_item_alone_stays_as_it_is() {
        for item in [json!({"id": "A1", "item": "extra"}), json!({"rank": "vip"}), json!([1]), json!(null), json!("x")]
        {
            assert_eq!(Input::of(item.clone()), Input { item, execution_name: None });
        }
    }
}
