//! Colours for the cells of a triangle: which of a few tints a value gets.

use super::cell::Cell;

/// How a table's dense cells are coloured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heat {
    /// Pale for the lowest, strong for the highest.
    Rising,
    /// Red below this value, green from it on, the stronger the farther.
    Around(f64),
}

/// Pale to strong, as indexes of the 256-colour palette: light enough for black
/// text, and strong enough to be seen on white.
const RISING: [u8; 5] = [230, 193, 150, 113, 71];
const ABOVE: [u8; 4] = [194, 157, 114, 71];
const BELOW: [u8; 4] = [224, 217, 210, 203];

/// The text's colour on every tint: black.
pub(super) const INK: u8 = 16;

/// The values that a tint is chosen among, in ascending order. A value's tint
/// is its rank among them: a first month of 100 % beside months of 10 % would
/// leave a linear scale two colours.
pub(super) struct Scale {
    heat: Heat,
    sorted: Vec<f64>,
}

impl Scale {
    /// The scale of a heat over these values; words and missing ones do not count.
    pub fn new<'a>(heat: Heat, cells: impl Iterator<Item = &'a Cell>) -> Self {
        let mut sorted: Vec<f64> = cells.filter_map(Cell::magnitude).collect();
        sorted.sort_by(f64::total_cmp);
        Scale { heat, sorted }
    }

    /// The tint of a value; none for words and missing values.
    pub fn tint(&self, cell: &Cell) -> Option<u8> {
        let value = cell.magnitude()?;
        let tint = match self.heat {
            Heat::Rising => pick(&RISING, share(&self.sorted, value)),
            Heat::Around(middle) => {
                let (below, above) = self.sorted.split_at(self.sorted.partition_point(|v| *v < middle));
                if value < middle {
                    pick(&BELOW, 1.0 - share(below, value))
                } else {
                    pick(&ABOVE, share(above, value))
                }
            }
        };
        Some(tint)
    }
}

/// Which part of the values lies below this one; of equal ones, half.
fn share(sorted: &[f64], value: f64) -> f64 {
    let below = sorted.partition_point(|v| *v < value);
    let equal = sorted.partition_point(|v| *v <= value) - below;
    if sorted.is_empty() { 0.5 } else { (below as f64 + equal as f64 / 2.0) / sorted.len() as f64 }
}

fn pick(tints: &[u8], share: f64) -> u8 {
    tints[((share * tints.len() as f64) as usize).min(tints.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(heat: Heat, values: &[f64]) -> Scale {
        let cells: Vec<Cell> = values.iter().copied().map(Cell::Ratio).chain([Cell::Empty]).collect();
        Scale::new(heat, cells.iter())
    }

    #[test]
    fn tints_follow_the_rank_and_not_the_distance() {
        let scale = scale(Heat::Rising, &[100.0, 1.0, 2.0, 3.0, 4.0]);
        let tints = [1.0, 2.0, 3.0, 4.0, 100.0].map(|value| scale.tint(&Cell::Ratio(value)).unwrap());
        assert_eq!(tints, RISING);
        assert_eq!(scale.tint(&Cell::Empty), None);
        assert_eq!(scale.tint(&Cell::from("words")), None);
    }

    #[test]
    fn a_flat_table_is_in_the_middle() {
        assert_eq!(scale(Heat::Rising, &[7.0, 7.0]).tint(&Cell::Ratio(7.0)), Some(RISING[2]));
    }

    #[test]
    fn both_sides_of_the_middle_have_their_own_ranks() {
        let scale = scale(Heat::Around(0.0), &[-9.0, -1.0, 0.0, 5.0]);
        let tints = [-9.0, -1.0, 0.0, 5.0].map(|value| scale.tint(&Cell::Ratio(value)).unwrap());
        assert_eq!(tints, [BELOW[3], BELOW[1], ABOVE[1], ABOVE[3]]);
    }
}
