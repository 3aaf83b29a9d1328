//! Damage to bytes, at random.

use lifecycle::rng::Stream;

/// One of several.
pub fn pick<T: Copy>(dice: &mut Stream, from: &[T]) -> T {
    from[dice.below(from.len() as u64) as usize]
}

/// Pieces that readers stumble over.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\x1b[31m",
    b"\x1b]0;title\x07",
    b"\x7f",
    b"\x08",
    b"\r",
    b"\r\n",
    b"\n",
    b"\n\n",
    b"\"",
    b"\"\"",
    b"'",
    b"\\",
    b",",
    b";",
    b"\t",
    b"|",
    b"{",
    b"}",
    b"[",
    b"=",
    b"#",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xb1\xe8\xc3\xb6",
    "\u{202e}".as_bytes(),
    "\u{2066}".as_bytes(),
    "\u{85}".as_bytes(),
    "\u{a0}".as_bytes(),
    "\u{feff}".as_bytes(),
    "김철수".as_bytes(),
    "😀".as_bytes(),
    "e\u{301}".as_bytes(),
    b"<script>",
    b"${HOME}",
    b"%n%s",
];

/// Values that are hardly one.
pub const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "-0",
    "-1",
    "1",
    "+5",
    "00012",
    "1e3",
    "1e400",
    "6e-4",
    "0.005",
    "1.005",
    "-0.004",
    ".5",
    "5.",
    "1,234.50",
    "1.234,50",
    "1 234",
    "(5.00)",
    "$5",
    "5 €",
    "0x10",
    "1_000",
    "NaN",
    "inf",
    "-Infinity",
    "infinity",
    "NULL",
    "null",
    "None",
    "true",
    "epoch",
    "now",
    "today",
    "٣",
    "9007199254740993",
    "90071992547409.93",
    "9999999999999999.99",
    "10000000000000000",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "170141183460469231731687303715884105728",
    "123456789012345678901234567890123456789012345",
    "17850.0",
    "2024-02-29",
    "2023-02-29",
    "2024-02-30",
    "2024-13-01",
    "2024-00-00",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31 23:59:59.999999",
    "10000-01-01",
    "290309-12-22",
    "-0044-03-15",
    "2024-01-01T00:00:00Z",
    "2024-01-01 00:00:00+09:00",
    "2024-01-01 24:00:00",
    "2024-01-01 23:59:60",
    "31/01/2024",
    "01/02/2024",
    "20240131",
    "1706659200",
    "45321.5",
    "Jan 31, 2024",
    "2024년 1월 31일",
    "=1+1",
    "@SUM(A1)",
    "../../etc/passwd",
    "a\tb",
    "\u{202e}abc",
    "\u{1b}[2J",
];

/// How often something is damaged: mostly once, so that much of it still has its meaning.
pub fn times(dice: &mut Stream) -> u64 {
    if dice.chance(0.6) { 1 } else { 1 + dice.below(5) }
}

/// Damages bytes once or a few times. `other` is what is spliced in.
pub fn mangle(dice: &mut Stream, bytes: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..times(dice) {
        once(dice, bytes, other);
        bytes.truncate(4 << 20);
    }
}

/// Damages text as bytes, and makes text of it again.
pub fn mangle_text(dice: &mut Stream, text: &str, other: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    mangle(dice, &mut bytes, other.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn once(dice: &mut Stream, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = position(dice, bytes);
    match dice.below(20) {
        0..3 if !bytes.is_empty() => {
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 1 << dice.below(8);
        }
        3 if !bytes.is_empty() => {
            let at = at.min(bytes.len() - 1);
            bytes[at] = dice.below(256) as u8;
        }
        4 => bytes.truncate(at),
        5 => {
            bytes.drain(..at.min(200));
        }
        6 => {
            let to = (at + dice.below(40) as usize).min(bytes.len());
            bytes.drain(at..to);
        }
        7 => {
            let to = (at + dice.below(200) as usize).min(bytes.len());
            let again = bytes[at..to].to_vec();
            insert(bytes, to, &again);
        }
        8 => {
            let from = position(dice, other);
            let to = (from + dice.below(300) as usize).min(other.len());
            insert(bytes, at, &other[from..to]);
        }
        9..12 => insert(bytes, at, pick(dice, PIECES)),
        12 => {
            let piece = pick(dice, PIECES);
            insert(bytes, at, &piece.repeat(1 + dice.below(50) as usize));
        }
        13..17 => replace_field(dice, bytes, at),
        17 => {
            let letter = pick(dice, b"a0\", \xff\n9-");
            let length = pick(dice, &[300usize, 5_000, 70_000, 300_000]);
            insert(bytes, at, &vec![letter; length]);
        }
        18 => change_line_ends(dice, bytes),
        _ => reencode(dice, bytes),
    }
}

fn position(dice: &mut Stream, bytes: &[u8]) -> usize {
    dice.below(bytes.len() as u64 + 1) as usize
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Puts a hostile value in the place of a field: of what lies between separators.
fn replace_field(dice: &mut Stream, bytes: &mut Vec<u8>, at: usize) {
    let separates = |byte: &u8| b",;\t\n\r{}[]:=\"".contains(byte);
    let from = bytes[..at].iter().rposition(separates).map_or(0, |before| before + 1);
    let to = bytes[at..].iter().position(separates).map_or(bytes.len(), |length| at + length);
    bytes.splice(from..to, pick(dice, VALUES).bytes());
}

fn change_line_ends(dice: &mut Stream, bytes: &mut Vec<u8>) {
    let end: &[u8] = pick(dice, &[&b"\r\n"[..], b"\r", b"\n\r", b"\n\n", b",\n", b"\n "]);
    let every = 1 + dice.below(3);
    let mut changed = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes.iter() {
        if *byte == b'\n' && dice.below(every) == 0 { changed.extend(end) } else { changed.push(*byte) }
    }
    *bytes = changed;
}

fn reencode(dice: &mut Stream, bytes: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    *bytes = match dice.below(4) {
        0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        2 => [&b"\xef\xbb\xbf"[..], bytes].concat(),
        // As Windows writes western letters, and nothing else.
        _ => text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect(),
    };
}
