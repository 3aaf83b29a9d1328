//! Named streams of randomness, the same on every machine.
//!
//! The generator is ChaCha with 8 rounds (D. J. Bernstein, 2008). Its 256-bit
//! key is the seed in 8 little-endian bytes, then the stream's ASCII name padded
//! with zero bytes to 24; its 64-bit nonce is the number of the step or entity
//! the stream belongs to. Words are taken in order, little-endian. Any part of
//! a simulation can therefore be generated alone, in any order, on any thread,
//! and equals the same part of the whole.
//!
//! Logarithms and powers come from the `libm` crate (pure Rust): the platform's
//! own differ between systems in the last digit.

use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The streams of one seed.
#[derive(Clone, Copy, Debug)]
pub struct Streams {
    seed: u64,
}

impl Streams {
    /// The streams of a seed.
    pub const fn new(seed: u64) -> Self {
        Streams { seed }
    }

    /// Opens the stream with this name for this step or entity, at its beginning.
    /// Names are ASCII and at most 24 bytes; longer ones are truncated.
    pub fn open(&self, name: &str, number: u64) -> Stream {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        for (slot, byte) in key[8..].iter_mut().zip(name.bytes()) {
            *slot = byte;
        }
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(number);
        Stream { generator }
    }
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// The next 32 bits.
    pub fn bits32(&mut self) -> u32 {
        self.generator.next_u32()
    }

    /// The next 64 bits.
    pub fn bits64(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Uniform on `[0, 1)`, a multiple of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.bits64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on the integers below `bound`, which must be above 0.
    ///
    /// Multiply-shift (Lemire 2019) without its rejection: the bias is below
    /// `bound` / 2^64.
    pub fn below(&mut self, bound: u64) -> u64 {
        scale(self.bits64(), bound)
    }

    /// True with this chance.
    pub fn chance(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    /// A standard normal deviate (Box and Muller 1958, the cosine branch).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.unit())
    }

    /// Log-normal with this median and standard deviation of the logarithm.
    pub fn log_normal(&mut self, median: f64, log_sd: f64) -> f64 {
        median * libm::exp(log_sd * self.normal())
    }

    /// Gamma with this shape and mean 1 (Marsaglia and Tsang 2000; shapes
    /// below 1 by their power of a uniform).
    pub fn gamma_of_mean_one(&mut self, shape: f64) -> f64 {
        let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
        let d = boosted - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        let sample = loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            let u = 1.0 - self.unit();
            if v > 0.0 && libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                break d * v;
            }
        };
        let scaled = if shape < 1.0 { sample * libm::pow(1.0 - self.unit(), 1.0 / shape) } else { sample };
        scaled / shape
    }

    /// An index with chance proportional to its weight. The weights must have a
    /// sum above 0.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        // Rounding can leave a sliver behind the last weight above 0.
        weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0)
    }
}

/// The integer below `bound` that these 64 random bits stand for; see [`Stream::below`].
#[inline]
pub fn scale(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound)) >> 64) as u64
}

/// Draws indexes with probabilities proportional to fixed weights, in constant time
/// (Walker's alias method, built as in Vose 1991).
#[derive(Clone, Debug, Default)]
pub struct AliasTable {
    /// The chance, in 2^-32, of keeping the column; and where to go otherwise.
    columns: Vec<(u32, u32)>,
    total: f64,
}

impl AliasTable {
    /// A table over these weights; weights must not be negative.
    pub fn new(weights: impl ExactSizeIterator<Item = f64> + Clone) -> Self {
        let count = weights.len();
        let total: f64 = weights.clone().sum();
        let mut columns = vec![(u32::MAX, 0u32); count];
        if total <= 0.0 {
            return AliasTable { columns: Vec::new(), total: 0.0 };
        }
        let mut scaled: Vec<f64> = weights.map(|weight| weight * count as f64 / total).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..count as u32).partition(|index| scaled[*index as usize] < 1.0);
        for (index, column) in columns.iter_mut().enumerate() {
            column.1 = index as u32;
        }
        while let (Some(&lesser), Some(&greater)) = (small.last(), large.last()) {
            small.pop();
            columns[lesser as usize] = ((scaled[lesser as usize] * 4_294_967_296.0) as u32, greater);
            scaled[greater as usize] -= 1.0 - scaled[lesser as usize];
            if scaled[greater as usize] < 1.0 {
                large.pop();
                small.push(greater);
            }
        }
        AliasTable { columns, total }
    }

    /// The sum of the weights.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Whether there is nothing to draw from.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// An index; the table must not be empty.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> usize {
        self.index(stream.bits64())
    }

    /// The index that these 64 random bits stand for; the table must not be empty.
    #[inline]
    pub fn index(&self, bits: u64) -> usize {
        let column = ((bits >> 32) * self.columns.len() as u64) >> 32;
        let (keep, alias) = self.columns[column as usize];
        // A branch would be unpredictable, and it would wait for the column to come from memory.
        std::hint::select_unpredictable((bits as u32) < keep, column as usize, alias as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key layout is a promise: these words come from an independent
    /// ChaCha8 (Python, from RFC 8439's quarter round with four double rounds).
    #[test]
    fn streams_are_the_documented_generator() {
        let mut stream = Streams::new(1).open("visit", 2);
        let words: Vec<u32> = (0..4).map(|_| stream.bits32()).collect();
        assert_eq!(words, [0x14544a3c, 0x59635605, 0x4390acf6, 0xe944bb96]);
    }

    #[test]
    fn gamma_has_its_mean_and_variance() {
        let mut stream = Streams::new(7).open("test", 0);
        for shape in [0.35, 1.0, 4.0] {
            let draws: Vec<f64> = (0..200_000).map(|_| stream.gamma_of_mean_one(shape)).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
            assert!((mean - 1.0).abs() < 0.02, "shape {shape}: mean {mean}");
            assert!((variance * shape - 1.0).abs() < 0.06, "shape {shape}: variance {variance}");
        }
    }

    #[test]
    fn alias_draws_follow_the_weights() {
        let weights = [0.0, 5.0, 1.0, 0.25, 3.75];
        let table = AliasTable::new(weights.iter().copied());
        let mut stream = Streams::new(3).open("test", 1);
        let mut counts = [0usize; 5];
        for _ in 0..200_000 {
            counts[table.draw(&mut stream)] += 1;
        }
        assert_eq!(counts[0], 0);
        for (count, weight) in counts.iter().zip(weights) {
            assert!((*count as f64 / 20_000.0 - weight).abs() < 0.15, "{counts:?}");
        }
        assert!(AliasTable::new([0.0, 0.0].iter().copied()).is_empty());
    }

    #[test]
    fn weighted_never_takes_a_zero_weight() {
        let mut stream = Streams::new(3).open("test", 2);
        for _ in 0..10_000 {
            assert_ne!(stream.weighted(&[1.0, 0.0, 2.0, 0.0]) % 2, 1);
        }
    }
}
