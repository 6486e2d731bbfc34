//! Money as a report shows it: in the units that people pay with.

use super::numbers::over;
use crate::ids::Currency;
use crate::text;

/// From so much on nobody reads the minor units.
const WHOLE_FROM: f64 = 100.0;

/// So many minor units of a currency in its own units: 12,900 of TWD are 129.
pub(super) fn in_units(minor: f64, currency: &Currency) -> Option<f64> {
    over(minor, 10_f64.powi(digits(currency)))
}

/// How many digits the minor unit has.
///
/// Source: ISO 4217, list one.
fn digits(currency: &Currency) -> i32 {
    match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// `1,290`, `12.50`: without the currency.
pub(super) fn shown(amount: f64) -> String {
    if amount.abs() >= WHOLE_FROM {
        text::number(super::definitions::whole(amount))
    } else {
        format!("{amount:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_in_the_units_that_people_pay_with() {
        for (minor, currency, expected) in [
            (129_000.0, "TWD", "1,290"),
            (1_250.0, "USD", "12.50"),
            (1_290.0, "JPY", "1,290"),
            (1_290.0, "KWD", "1.29"),
            (0.0, "EUR", "0.00"),
            (-12_900.0, "EUR", "-129"),
        ] {
            let units = in_units(minor, &currency.parse().unwrap());
            assert_eq!(shown(units.unwrap()), expected, "{minor} {currency}");
        }
    }
}
