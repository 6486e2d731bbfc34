//! Numbers as bytes, big-endian, one after the other; the reader never looks past the end.

use serde_bytes::ByteBuf;

/// A number of fixed width.
pub(super) trait Number: Sized {
    fn write(self, to: &mut Vec<u8>);
    /// The number and what follows it.
    fn read(from: &[u8]) -> Option<(Self, &[u8])>;
}

macro_rules! number {
    ($($type:ty),*) => {$(
        impl Number for $type {
            fn write(self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_be_bytes());
            }

            fn read(from: &[u8]) -> Option<(Self, &[u8])> {
                from.split_first_chunk().map(|(bytes, rest)| (Self::from_be_bytes(*bytes), rest))
            }
        }
    )*};
}

number!(u8, u16, u32, u64, i32, i64);

fn low_bits(number: u64) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or(0)
}

/// Bytes that grow.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn put(&mut self, number: impl Number) {
        number.write(&mut self.0);
    }

    /// A number that is small as a rule: seven bits a byte, the lowest first, the eighth bit set on
    /// all but the last (LEB128).
    pub(super) fn put_var(&mut self, number: impl Into<u64>) {
        let mut left = number.into();
        while left > 0x7f {
            self.put(low_bits(left) | 0x80);
            left >>= 7;
        }
        self.put(low_bits(left));
    }

    /// Bytes up to the end of the attribute.
    pub(super) fn put_rest(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A text of at most 255 bytes, with its length before it.
    pub(super) fn put_short(&mut self, text: &str) {
        let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
        self.put(length);
        self.put_rest(
            text.as_bytes()
                .get(..usize::from(length))
                .unwrap_or_default(),
        );
    }
}

/// Bytes that get fewer.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take<N: Number>(&mut self) -> Option<N> {
        let (number, rest) = N::read(self.0)?;
        self.0 = rest;
        Some(number)
    }

    pub(super) fn take_var<N: TryFrom<u64>>(&mut self) -> Option<N> {
        let mut number = 0_u64;
        for at in 0..10 {
            let byte: u8 = self.take()?;
            let part = u64::from(byte & 0x7f).checked_shl(at * 7)?;
            // The tenth byte has bits for which there is no room.
            if part >> (at * 7) != u64::from(byte & 0x7f) {
                return None;
            }
            number |= part;
            if byte & 0x80 == 0 {
                return N::try_from(number).ok();
            }
        }
        None
    }

    pub(super) fn take_rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(super) fn take_short(&mut self) -> Option<&'a str> {
        let length: u8 = self.take()?;
        let (text, rest) = self.0.split_at_checked(usize::from(length))?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

/// What `write` puts.
pub(super) fn bytes(write: impl FnOnce(&mut Writer)) -> ByteBuf {
    let mut to = Writer(Vec::new());
    write(&mut to);
    ByteBuf::from(to.0)
}

/// One value that is all of the bytes.
pub(super) fn whole<T>(bytes: &[u8], take: impl Fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
    let mut from = Reader(bytes);
    take(&mut from).filter(|_| from.is_empty())
}

/// Values up to the end of the bytes.
pub(super) fn all<T>(bytes: &[u8], take: impl Fn(&mut Reader<'_>) -> Option<T>) -> Option<Vec<T>> {
    let mut from = Reader(bytes);
    let mut values = Vec::new();
    while !from.is_empty() {
        values.push(take(&mut from)?);
    }
    Some(values)
}
