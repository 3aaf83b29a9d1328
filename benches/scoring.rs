//! Scoring and selecting, on one thread.
//!
//! Measures: one step's work on a full cache of 1,000 customers: draw 1,000 effects
//! from a ChaCha8 stream, compute 1,000 scores, choose the 200 best. Not
//! measured: filling the cache. The throughput is in customers.
//!
//! Input: 1,000 customers, attributes in fixed rotation, at 20:00.
//! Expected answer: 200 candidates, none of whom scores less than anyone left
//! out; checked before timing.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lifecycle::cache::CustomerCache;
use lifecycle::calendar::parse_instant;
use lifecycle::config::Config;
use lifecycle::domain::{AgeBand, Gender, Grade, Status};
use lifecycle::propensity::{HourlyEffects, Profile, PropensityModel};
use lifecycle::rng::Streams;

fn customers() -> impl Iterator<Item = (i64, Profile)> {
    (0..1_000usize).map(|n| {
        let profile = Profile {
            age_band: Some(AgeBand::ALL[n % 5]),
            gender: Some(Gender::ALL[n % 2]),
            status: Some(if n % 6 == 0 { Status::Dormant } else { Status::Active }),
            marketing_agree: Some(n % 3 != 0),
            grade: Grade::ALL[if n % 50 == 0 { 3 } else { n % 7 / 5 }],
        };
        (n as i64 + 1, profile)
    })
}

fn step(cache: &mut CustomerCache, model: &PropensityModel, streams: &Streams, number: u64) -> usize {
    let mut effects = streams.open("mood", number);
    cache.score(model, 20, || HourlyEffects::draw(&mut effects));
    cache.candidates(200).len()
}

fn expect_the_best(cache: &mut CustomerCache) {
    let chosen = cache.candidates(200).to_vec();
    assert_eq!(chosen.len(), 200);
    let least = chosen.iter().map(|at| cache.score_at(*at)).fold(f64::MAX, f64::min);
    let left_out = (0..cache.len()).filter(|at| !chosen.contains(at));
    assert!(left_out.into_iter().all(|at| cache.score_at(at) <= least));
}

fn scoring(criterion: &mut Criterion) {
    let config = Config::default();
    let model = PropensityModel::new(&config);
    let streams = Streams::new(1);
    let mut cache = CustomerCache::new(&config.cache);
    let at = parse_instant("2024-01-16").expect("a date");
    cache.refresh(at, customers().map(|(user_id, profile)| (user_id, profile.code())));
    step(&mut cache, &model, &streams, 0);
    expect_the_best(&mut cache);

    let mut group = criterion.benchmark_group("scoring");
    group.throughput(Throughput::Elements(1_000));
    let mut number = 0;
    group.bench_function("score 1,000 and select 200", |bencher| {
        bencher.iter(|| {
            number += 1;
            black_box(step(&mut cache, &model, &streams, number))
        });
    });
    group.finish();
}

criterion_group!(benches, scoring);
criterion_main!(benches);
