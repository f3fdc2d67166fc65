//! Any text as the definition of a state machine: filling it in and reading it never panics, and what was read can be read again.

#![no_main]

use std::collections::BTreeMap;

use emulator_step_functions::{Definition, substitute};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let values = BTreeMap::from([("A".to_owned(), "7".to_owned()), ("B".to_owned(), "a\"\\\n${A}".to_owned())]);
    for values in [BTreeMap::new(), values] {
        if let Ok(filled) = substitute(text, &values) {
            read(&filled);
        }
    }
    read(text);
});

fn read(text: &str) {
    match Definition::parse(text) {
        Ok(definition) => {
            let again = Definition::parse(definition.text()).expect("it was read before");
            assert_eq!((again.text(), again.timeout_seconds()), (text, definition.timeout_seconds()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
