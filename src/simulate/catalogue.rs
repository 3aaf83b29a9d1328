//! The products of the simulated shop.

use std::collections::HashSet;

use super::vocabulary::{Category, Vocabulary};
use crate::cache::APPEAL_GROUPS;
use crate::domain::{AgeBand, Gender};
use crate::money::Money;
use crate::rng::{AliasTable, Stream, Streams};
use crate::store::ProductRow;

/// A product for sale.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its row of the file.
    pub row: ProductRow,
    category: usize,
    /// Popularity, before the category's appeal.
    popularity: f64,
}

/// All products, and how categories appeal to groups of customers.
#[derive(Clone, Debug)]
pub struct Catalogue {
    products: Vec<Product>,
    categories: Vec<Category>,
    appeal: Vec<[f64; APPEAL_GROUPS]>,
    by_popularity: AliasTable,
}

/// How fast popularity falls down a category's list of products (Zipf's exponent).
const ZIPF_EXPONENT: f64 = 0.7;

impl Catalogue {
    /// The catalogue of a seed, independent of everything else that is simulated.
    pub fn generate(vocabulary: &Vocabulary, streams: &Streams) -> Self {
        let mut products = Vec::new();
        for (index, category) in vocabulary.categories.iter().enumerate() {
            let mut stream = streams.open("catalogue", index as u64);
            let mut names = HashSet::new();
            for rank in 0..category.products {
                let name = unused_name(category, &mut stream, &mut names);
                let row = ProductRow {
                    product_id: products.len() as i64 + 1,
                    name,
                    category: category.name.clone(),
                    price: shelf_price(stream.log_normal(category.price_median, category.price_log_sd)),
                };
                let popularity = category.popularity / libm::pow(rank as f64 + 2.0, ZIPF_EXPONENT);
                products.push(Product { row, category: index, popularity });
            }
        }
        let appeal = vocabulary.categories.iter().map(appeal_to_groups).collect();
        let by_popularity = AliasTable::new(products.iter().map(|product| product.popularity));
        Catalogue { products, categories: vocabulary.categories.clone(), appeal, by_popularity }
    }

    /// Every product; `product_id` is the position plus one.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The appeal of a product to a group of customers (see `cache::appeal_group`).
    pub fn appeal(&self, product: u32, group: usize) -> f64 {
        let product = &self.products[product as usize];
        product.popularity * self.appeal[product.category][group]
    }

    /// The quantity bought of a product.
    pub fn quantity(&self, product: u32, stream: &mut Stream) -> i32 {
        let category = &self.categories[self.products[product as usize].category];
        stream.weighted(&category.quantity) as i32 + 1
    }

    /// A shelf of distinct products, drawn by popularity; all of them
    /// when the shelf is as large as the catalogue. Positions, in order.
    pub fn shelf(&self, capacity: usize, stream: &mut Stream) -> Vec<u32> {
        if capacity >= self.products.len() {
            return (0..self.products.len() as u32).collect();
        }
        let mut taken = vec![false; self.products.len()];
        let mut left = capacity;
        // The unpopular tail is rarely drawn: after a while, fill up in order.
        for _ in 0..capacity * 20 {
            let product = self.by_popularity.draw(stream);
            if !taken[product] {
                taken[product] = true;
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        for slot in taken.iter_mut().filter(|slot| !**slot).take(left) {
            *slot = true;
        }
        (0..taken.len() as u32).filter(|product| taken[*product as usize]).collect()
    }
}

fn unused_name(category: &Category, stream: &mut Stream, names: &mut HashSet<String>) -> String {
    loop {
        let mut pick = |list: &[String]| list[stream.below(list.len() as u64) as usize].clone();
        let parts = [pick(&category.modifiers), pick(&category.items), pick(&category.variants)];
        let name = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
        if names.insert(name.clone()) {
            return name;
        }
    }
}

/// A shelf price: a multiple of 100 won, ending in 900 from 10,000 up.
fn shelf_price(raw: f64) -> Money {
    let won = if raw < 10_000.0 {
        (raw / 100.0).round().max(10.0) as i64 * 100
    } else {
        (raw / 1_000.0).round() as i64 * 1_000 - 100
    };
    Money::from_hundredths(won * 100)
}

fn appeal_to_groups(category: &Category) -> [f64; APPEAL_GROUPS] {
    let mut appeal = [0.0; APPEAL_GROUPS];
    for gender in [Some(Gender::Female), Some(Gender::Male), None] {
        for band in AgeBand::ALL {
            appeal[crate::cache::appeal_group(gender, *band)] = category.appeal(gender, *band);
        }
    }
    appeal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_is_full_and_distinct() {
        let catalogue = Catalogue::generate(&Vocabulary::embedded(), &Streams::new(1));
        assert_eq!(catalogue.products().len(), 2_000);
        for capacity in [1, 1_000, 1_999, 2_000, 5_000] {
            let shelf = catalogue.shelf(capacity, &mut Streams::new(1).open("shelf", 0));
            assert_eq!(shelf.len(), capacity.min(2_000));
            assert!(shelf.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn prices_look_like_a_shops() {
        assert_eq!(shelf_price(54_321.0), Money::from_units(53_900).unwrap());
        assert_eq!(shelf_price(9_449.0), Money::from_units(9_400).unwrap());
        assert_eq!(shelf_price(3.0), Money::from_units(1_000).unwrap());
    }
}
