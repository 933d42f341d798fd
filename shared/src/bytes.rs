//! Looking for bytes in short texts, eight at a time: `Iterator::any` looks at one after the other,
//! which took an eighth of a page of 10,000 rows. The tests of a word are from Sean Anderson's Bit
//! Twiddling Hacks, "Determine if a word has a zero byte".

/// Bytes that are looked at together.
const WORD: usize = size_of::<u64>();

/// Has 1 in each byte.
const ONES: u64 = u64::MAX / 0xFF;

/// Has the highest bit in each byte.
const HIGHEST: u64 = ONES << 7;

/// Whether any word of a text passes a test. That may ask which bytes a word has, and not where:
/// the last ones stand in another order, some of them twice.
pub fn any_word(bytes: &[u8], passes: impl Fn(u64) -> bool) -> bool {
    let (words, rest) = bytes.as_chunks::<WORD>();
    if words.iter().any(|word| passes(u64::from_le_bytes(*word))) {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    passes(bytes.last_chunk().map_or_else(|| short(rest), |last| u64::from_le_bytes(*last)))
}

/// A word of fewer than eight bytes.
fn short(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    // One to three.
    let each = [bytes[0], bytes[bytes.len() / 2], bytes[bytes.len() - 1], bytes[0]];
    u64::from(u32::from_le_bytes(each)) * (1 << 32 | 1)
}

/// Whether a word has a byte.
pub const fn has(word: u64, byte: u8) -> bool {
    has_below(word ^ (ONES * byte as u64), 1)
}

/// Whether a word has a byte below a limit of at most 128.
pub const fn has_below(word: u64, limit: u8) -> bool {
    word.wrapping_sub(ONES * limit as u64) & !word & HIGHEST != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_wherever_it_stands_and_no_other() {
        for length in 0..3 * WORD {
            for (filler, wanted) in [(b'a', b'?'), (0xFF, 0), (b'?' + 1, b'?'), (0x80, 0x7F)] {
                let mut bytes = vec![filler; length];
                let found = |bytes: &[u8]| any_word(bytes, |word| has(word, wanted));
                assert!(!found(&bytes));
                for index in 0..length {
                    bytes[index] = wanted;
                    assert!(found(&bytes), "{index} of {length}");
                    bytes[index] = filler;
                }
            }
        }
    }

    #[test]
    fn bytes_below_a_limit_are_found_and_no_other() {
        for limit in [1, 0x20, 0x80] {
            for byte in 0..=u8::MAX {
                for filler in [limit, 0xFF] {
                    let bytes = [filler, byte, filler];
                    let found = any_word(&bytes, |word| has_below(word, limit));
                    assert_eq!(found, byte < limit, "{byte} below {limit}");
                }
            }
        }
    }
}
