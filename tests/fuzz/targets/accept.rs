//! Headers that choose a representation.

use iris_tables::accept::{Format, choose, choose_for_error, gzip_allowed, named_in};

/// Any header gives a format that is offered, whatever its case, or none. The input's first byte
/// says what is offered.
pub fn check(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, data));
    let header = String::from_utf8_lossy(rest);
    let offered: Vec<Format> = Format::ALL
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| first >> bit & 1 == 1)
        .map(|(_, format)| format)
        .collect();
    let chosen = choose(Some(&header), None, &offered).ok();
    assert!(
        chosen.is_none_or(|format| offered.contains(&format)),
        "{header:?} {offered:?} {chosen:?}"
    );
    assert_eq!(
        chosen,
        choose(Some(&header.to_ascii_uppercase()), None, &offered).ok(),
        "{header:?}"
    );
    let error = choose_for_error(Some(&header), None);
    assert!(matches!(error, Format::Html | Format::Json), "{error:?}");
    assert_eq!(
        gzip_allowed(Some(&header)),
        gzip_allowed(Some(&header.to_ascii_lowercase())),
        "{header:?}"
    );
    // What `_format` names goes before any header.
    let named = named_in(&header).and_then(Format::from_name);
    for format in &offered {
        assert_eq!(choose(Some(&header), Some(format.name()), &offered).ok(), Some(*format));
    }
    if let Some(format) = named {
        assert_eq!(
            choose_for_error(None, Some(format.name())) == Format::Html,
            format == Format::Html
        );
    }
}
