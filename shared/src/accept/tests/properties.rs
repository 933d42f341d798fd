use proptest::prelude::*;

use super::*;

/// Headers made of what headers are made of, mostly well formed.
fn header() -> impl Strategy<Value = String> {
    let range = prop::sample::select(vec![
        "text/html",
        "application/json",
        "text/csv",
        "application/x-ndjson",
        "application/jsonl",
        "text/*",
        "*/*",
        "application/*",
        "image/png",
        "*",
        "text/html;level=1",
        "text/csv;header=present",
        "text/html;a=\"x,y\"",
    ]);
    let weight = prop::sample::select(vec![
        "", ";q=0", ";q=0.000", ";q=0.3", "; q=0.30", ";q=0.999", ";q=1", ";q=x", ";Q=1.0",
    ]);
    let element = (range, weight).prop_map(|(range, weight)| format!("{range}{weight}"));
    prop::collection::vec(element, 0..6).prop_map(|elements| elements.join(", "))
}

fn offer() -> impl Strategy<Value = Vec<Format>> {
    prop::sample::subsequence(Format::ALL.to_vec(), 1..=5).prop_shuffle()
}

proptest! {
    #[test]
    fn any_header_is_read(accept in ".{0,60}", offered in offer()) {
        choose_for_error(Some(&accept), None);
        gzip_allowed(Some(&accept));
        if let Ok(format) = choose(Some(&accept), None, &offered) {
            prop_assert!(offered.contains(&format));
        }
    }

    #[test]
    fn any_list_of_punctuation_is_read(accept in "[a/*;=q01.,\"\\\\ \t]{0,40}") {
        choose_for_error(Some(&accept), None);
        gzip_allowed(Some(&accept));
    }

    #[test]
    fn what_is_chosen_is_offered_whatever_the_case(accept in header(), offered in offer()) {
        let format = choose(Some(&accept), None, &offered).ok();
        prop_assert!(format.is_none_or(|format| offered.contains(&format)));
        prop_assert_eq!(choose(Some(&accept.to_uppercase()), None, &offered).ok(), format);
        prop_assert_eq!(choose(Some(&accept.replace(", ", "\t,  ")), None, &offered).ok(), format);
    }

    #[test]
    fn what_is_refused_is_never_chosen(accept in header(), refused in prop::sample::select(Format::ALL.to_vec())) {
        // Without other mentions of its names, whatever the wildcards say.
        let others: Vec<&str> = accept
            .split(", ")
            .filter(|range| !refused.media_types().iter().any(|name| range.starts_with(name)))
            .collect();
        let accept = format!("{}, {};q=0", others.join(", "), refused.media_type());
        prop_assert_ne!(choose(Some(&accept), None, &Format::ALL).ok(), Some(refused));
    }

    #[test]
    fn something_is_found_where_everything_is_allowed(accept in header(), offered in offer()) {
        // The last word on every format that no other range names.
        let accept = accept.replace("q=0.000", "q=0.001").replace("q=0,", "q=0.1,") + ", */*;q=0.001";
        prop_assume!(!accept.contains("q=0,"));
        prop_assert!(choose(Some(&accept), None, &offered).is_ok(), "{}", accept);
    }
}
