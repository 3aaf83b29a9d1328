//! Scores three hand-made customers over a day and picks the likelier buyers.
//!
//!     cargo run --release --example propensity

use lifecycle::config::Config;
use lifecycle::domain::{AgeBand, Gender, Grade, Status};
use lifecycle::propensity::{
    HourlyEffects, Profile, PropensityModel, calculate_base_score, calculate_propensity, select_top_buyers,
};
use lifecycle::rng::Streams;

fn main() {
    let model = PropensityModel::new(&Config::default());
    let customers = [
        (1, "a woman in her thirties, GOLD", profile(AgeBand::Thirties, Gender::Female, true, Grade::Gold)),
        (2, "a student", profile(AgeBand::Teens, Gender::Male, false, Grade::Bronze)),
        (3, "a retired man, VIP", profile(AgeBand::FiftyPlus, Gender::Male, true, Grade::Vip)),
    ];

    println!("Base scores");
    for (user_id, who, customer) in &customers {
        println!("  {user_id} {who}: {}", calculate_base_score(&model, customer).total());
    }

    println!("\nThe likelier two, by the hour (effects drawn from a named stream)");
    let user_ids: Vec<i64> = customers.iter().map(|(user_id, _, _)| *user_id).collect();
    for hour in [3, 11, 20, 22] {
        let mut effects = Streams::new(1).open("mood", u64::from(hour));
        let scores: Vec<f64> = customers
            .iter()
            .map(|(_, _, customer)| {
                calculate_propensity(&model, customer, hour, HourlyEffects::draw(&mut effects)).score
            })
            .collect();
        let best: Vec<String> = select_top_buyers(&scores, &user_ids, 2)
            .into_iter()
            .map(|at| format!("customer {} with {:.1}", user_ids[at], scores[at]))
            .collect();
        println!("  {hour:02}:00  {}", best.join(", "));
    }
}

fn profile(age_band: AgeBand, gender: Gender, agreed: bool, grade: Grade) -> Profile {
    Profile {
        age_band: Some(age_band),
        gender: Some(gender),
        status: Some(Status::Active),
        marketing_agree: Some(agreed),
        grade,
    }
}
