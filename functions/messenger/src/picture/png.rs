//! A canvas as a PNG with a palette, eight bits a pixel (W3C PNG, third edition). The compression, with
//! its checksum, is miniz_oxide's; the format around it is four chunks.

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::canvas::{Canvas, PALETTE};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Bits a pixel; a palette's index each; deflate, the usual filters, no interlacing.
const FORM: [u8; 5] = [8, 3, 0, 0, 0];
/// Before each row: its pixels stand as they are.
const UNFILTERED: u8 = 0;
/// Of 1 to 10: how hard the compression tries. Squares of one colour need no more.
const EFFORT: u8 = 6;

/// The file; `None` = the picture is too large for the format.
pub(super) fn encode(canvas: &Canvas) -> Option<Vec<u8>> {
    let mut header = Vec::new();
    header.extend(length(canvas.width())?);
    header.extend(length(canvas.height())?);
    header.extend(FORM);
    let mut pixels = Vec::new();
    for row in canvas.rows() {
        pixels.push(UNFILTERED);
        pixels.extend(row);
    }
    let mut file = SIGNATURE.to_vec();
    file.extend(chunk(*b"IHDR", &header)?);
    file.extend(chunk(*b"PLTE", PALETTE.as_flattened())?);
    file.extend(chunk(*b"IDAT", &compress_to_vec_zlib(&pixels, EFFORT))?);
    file.extend(chunk(*b"IEND", &[])?);
    Some(file)
}

/// Length, name, content, and the checksum of name and content.
fn chunk(name: [u8; 4], content: &[u8]) -> Option<Vec<u8>> {
    let mut named = name.to_vec();
    named.extend(content);
    let checksum = crc32(&named);
    let mut chunk = length(content.len())?.to_vec();
    chunk.extend(named);
    chunk.extend(checksum.to_be_bytes());
    Some(chunk)
}

fn length(length: usize) -> Option<[u8; 4]> {
    let length = u32::try_from(length).ok()?;
    Some(length.to_be_bytes())
}

/// The format's checksum, bit by bit (its annex D). The crates that have it bring tables of 16 KB for
/// speed, a quarter of what is left of the binary's budget; a picture has four kilobytes.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let of_byte = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            let carried = if sum & 1 == 1 { POLYNOMIAL } else { 0 };
            sum >> 1 ^ carried
        })
    };
    !bytes.iter().fold(u32::MAX, of_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_published_one() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
