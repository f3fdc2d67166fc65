//! Listings, compared with a list that is sorted and cut by hand.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::listing::ListQuery;
use crate::tests::{BUCKET, Fixture, any_key};

#[test]
fn an_empty_folder_is_no_common_prefix() {
    let fixture = Fixture::new();
    std::fs::create_dir_all(fixture.path("empty/deeper")).unwrap();
    fixture.put("full/1", b"");
    let query = ListQuery { delimiter: Some("/"), limit: 10, ..ListQuery::default() };
    assert_eq!(fixture.store.list(BUCKET, query).unwrap().common_prefixes, ["full/"]);
}

/// What S3 says a listing is: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
fn model(all: &BTreeSet<String>, query: ListQuery<'_>) -> (Vec<String>, Vec<String>) {
    let (mut objects, mut common_prefixes) = (Vec::new(), BTreeSet::new());
    for key in all.iter().filter(|key| key.starts_with(query.prefix)) {
        if query.after.is_some_and(|after| key.as_str() <= after) {
            continue;
        }
        let found = query.delimiter.and_then(|delimiter| {
            key[query.prefix.len()..].find(delimiter).map(|at| query.prefix.len() + at + delimiter.len())
        });
        match found {
            None => objects.push(key.clone()),
            Some(end) if query.after == Some(&key[..end]) => {}
            Some(end) => {
                common_prefixes.insert(key[..end].to_owned());
            }
        }
    }
    (objects, common_prefixes.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_listing_gives_exactly_what_was_put_in_order(
        all in prop::collection::btree_set(any_key(), 0..20),
        queries in prop::collection::vec(
            (
                prop::sample::select(vec!["", "a", "a/", "b/a", "/", "-"]),
                prop::sample::select(vec![None, Some("/"), Some("a"), Some("/a")]),
                prop::option::of(any_key()),
                1_usize..6,
            ),
            1..6,
        ),
    ) {
        let fixture = Fixture::new();
        for key in &all {
            fixture.put(key, b"");
        }
        prop_assert!(fixture.keys().iter().eq(&all));
        for (prefix, delimiter, after, limit) in queries {
            let query = ListQuery { prefix, delimiter, after: after.as_deref(), limit };
            let (mut objects, mut common_prefixes) = (Vec::new(), Vec::new());
            let mut after = query.after.map(str::to_owned);
            loop {
                let page = fixture.store.list(BUCKET, ListQuery { after: after.as_deref(), ..query }).unwrap();
                let size = page.objects.len() + page.common_prefixes.len();
                prop_assert!(size <= limit && (size == limit || page.next.is_none()));
                objects.extend(page.objects.into_iter().map(|object| object.key));
                common_prefixes.extend(page.common_prefixes);
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            prop_assert_eq!((objects, common_prefixes), model(&all, query));
        }
    }
}
