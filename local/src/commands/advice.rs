//! What to do about a failed item, by the kind of its failure.

/// What helps: the same list again, once the cause is gone, or a change.
pub(crate) fn advice(error: &str) -> &'static str {
    match error {
        "InvalidItem" => "Correct the items in the list, then run it again.",
        "ModelNotAvailable" => "Use a model that Bedrock has in this region, then run the list again.",
        "ModelRejected" => "Change the items as the message says, then run the list again.",
        "ContentFiltered" => "Change the prompts, or give the items another seed, then run the list again.",
        "SourceMissing" => "Make the missing pictures first, then run the list again: it makes only what is missing.",
        "AccessDenied" => "Grant what the message names, then run the list again: it makes only what is missing.",
        "Internal" => "This is a bug: please report it with the message.",
        _ => "Run the same list again: it makes only what is missing.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_advice_and_the_same_list_helps_only_where_nothing_has_to_change() {
        for kind in generator::ErrorKind::ALL {
            let same = advice(kind.name()).starts_with("Run the same list again");
            let passes = ["ModelThrottled", "ModelFailed", "StorageFailed"].contains(&kind.name());
            assert_eq!(same, passes, "{}", kind.name());
        }
        assert!(advice("States.Timeout").starts_with("Run the same list again"));
    }
}
