//! Replaces the extension types of the reference's encoder by what JSON has in their place.
//!
//! Must not know: packets.

use bytes::Bytes;

use super::{
    MAX_DEPTH,
    reader::{Head, Reader},
    write::{NIL, write_array_length},
};

/// The same value without them; `None` if it is broken or nested too deep.
pub(super) fn without_extensions(value: &[u8]) -> Option<Bytes> {
    let mut plain = Vec::with_capacity(value.len());
    copy(&mut Reader::new(value), &mut plain, MAX_DEPTH)?;
    Some(plain.into())
}

fn copy(reader: &mut Reader<'_>, plain: &mut Vec<u8>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let start = reader.at;
    match reader.head().ok()? {
        Head::Array(count) => {
            write_array_length(plain, count);
            for _ in 0..count {
                copy(reader, plain, depth)?;
            }
            return Some(());
        }
        Head::Map(count) => return copy_map(reader, plain, depth, count),
        Head::Ext { tag: 0, length, is_fixed } => {
            let content = reader.take(length).ok()?;
            match (is_fixed, <[u8; 8]>::try_from(content)) {
                (true, Ok(millis)) => write_date(plain, i64::from_be_bytes(millis)),
                (true, Err(_)) if length == 1 => plain.push(NIL),
                _ => {
                    plain.push(BIN_32);
                    plain.extend_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
                    plain.extend_from_slice(content);
                }
            }
            return Some(());
        }
        Head::Str(length) | Head::Bin(length) | Head::Ext { length, .. } => {
            reader.take(length).ok()?;
        }
        _ => {}
    }
    plain.extend_from_slice(reader.since(start));
    Some(())
}

/// Without the entries that are undefined.
fn copy_map(reader: &mut Reader<'_>, plain: &mut Vec<u8>, depth: usize, count: u32) -> Option<()> {
    plain.push(MAP_32);
    let length_at = plain.len();
    plain.extend_from_slice(&[0; 4]);
    let mut kept = 0_u32;
    for _ in 0..count {
        let entry = plain.len();
        copy(reader, plain, depth)?;
        if reader.is_undefined() {
            reader.skip().ok()?;
            plain.truncate(entry);
        } else {
            copy(reader, plain, depth)?;
            kept += 1;
        }
    }
    plain[length_at..length_at + 4].copy_from_slice(&kept.to_be_bytes());
    Some(())
}

/// A date as JavaScript's `toJSON` writes it.
fn write_date(plain: &mut Vec<u8>, millis: i64) {
    if millis.unsigned_abs() > LAST_DATE {
        plain.push(NIL);
        return;
    }
    let (days, time) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (seconds, millis) = (time / 1000, time % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        _ => format!("{year:+07}"),
    };
    let text = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z");
    // 24 to 27 characters.
    plain.push(FIX_STR | u8::try_from(text.len()).expect("a date is short"));
    plain.extend_from_slice(text.as_bytes());
}

/// Year, month and day of a number of days since 1970. Counted in years that begin in March, so
/// that a leap day is a year's last (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

const BIN_32: u8 = 0xc6;
const MAP_32: u8 = 0xdf;
const FIX_STR: u8 = 0xa0;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// The last date that JavaScript knows, in milliseconds from 1970; the first one is as far.
const LAST_DATE: u64 = 8_640_000_000_000_000;
