//! Orders and scores in a week's numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::aggregate::Aggregate;
use super::money::in_units;
use super::numbers::{over, ratio};
use crate::ids::Currency;
use crate::receipt::{MIN_SCORED, WeekFacts};
use crate::rfm::RfmGroup;

/// What was bought: in the week, and by whom so far. Who is staff when an order is told is not in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OrderNumbers {
    /// Whether an order was told of anybody by the end of the week: without one, none is no
    /// measurement. Absent in older records.
    #[serde(default)]
    pub known: bool,
    /// Orders of the week, in whatever currency.
    pub orders: u64,
    /// Those in `currency`.
    pub paid: u64,
    /// What these came to. Minor units of `currency`.
    pub revenue_minor: u64,
    /// `revenue_minor` / `paid`, in minor units.
    pub average_minor: Option<f64>,
    /// ISO 4217; `None` = the community's file names none, and no money is counted.
    pub currency: Option<Currency>,
    /// Members at the end of `as_of` with an order by then.
    pub with_order: u64,
    /// Of these, with a second one.
    pub with_second_order: u64,
    /// `with_order` / members at the end; absent as long as no order was ever told of anybody.
    pub paying_rate: Option<f64>,
    /// What the members of `with_order` ordered for in all their time with us, up to the making of the
    /// record. Minor units of `currency`.
    #[serde(default)]
    pub spent_minor: u64,
    /// `spent_minor` / `with_order`, in minor units: a customer's lifetime value so far. Absent without
    /// a currency.
    #[serde(default)]
    pub ltv_minor: Option<f64>,
    /// `with_second_order` / `with_order`.
    pub repurchase_rate: Option<f64>,
    /// Members at the end by what they bought (`champion`, …, `none`). Empty where the playbook has no
    /// `[rfm]`.
    pub rfm: BTreeMap<String, u64>,
}

/// What was scored in the week, whoever asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FeedbackNumbers {
    /// 9 and 10 of 0 to 10.
    pub nps_promoters: u64,
    /// 7 and 8.
    pub nps_passives: u64,
    /// 0 to 6.
    pub nps_detractors: u64,
    /// All three.
    pub nps_answers: u64,
    /// (promoters − detractors) / answers: −1 to 1.
    pub nps: Option<f64>,
    /// Answers of one star to five.
    pub stars: [u64; 5],
    /// All five.
    #[serde(default)]
    pub star_answers: u64,
    /// Of these, four stars and five / `star_answers`.
    #[serde(default)]
    pub satisfaction: Option<f64>,
    /// 👍
    pub thumbs_up: u64,
    /// 👎
    pub thumbs_down: u64,
    /// Answers on whatever scale.
    pub scored: u64,
    /// NPS 0 to 6, one star or two, 👎.
    pub negative: u64,
    /// `negative` / `scored`, from 20 answers on.
    pub negative_share: Option<f64>,
}

impl OrderNumbers {
    /// [`OrderNumbers::known`], as far as older records tell it, too.
    pub(super) fn are_told(&self) -> bool {
        self.known || self.with_order + self.orders > 0
    }

    /// What the week's orders came to, in units of the currency.
    pub(super) fn revenue(&self) -> Option<f64> {
        let told = self.are_told().then_some(self.revenue_minor as f64);
        self.in_units(told)
    }

    /// The mean of these orders, in units of the currency.
    pub(super) fn average(&self) -> Option<f64> {
        self.in_units(self.average_minor)
    }

    /// A customer's lifetime value so far, in units of the currency.
    pub(super) fn ltv(&self) -> Option<f64> {
        self.in_units(self.ltv_minor)
    }

    fn in_units(&self, minor: Option<f64>) -> Option<f64> {
        in_units(minor?, self.currency.as_ref()?)
    }
}

impl FeedbackNumbers {
    pub(super) fn of(facts: &WeekFacts) -> Self {
        let (scored, negative) = (facts.scored(), facts.negative());
        let answers = facts.nps_answers();
        let lead = facts.promoters as f64 - facts.detractors as f64;
        Self {
            nps_promoters: facts.promoters,
            nps_passives: facts.passives,
            nps_detractors: facts.detractors,
            nps_answers: answers,
            nps: over(lead, answers as f64),
            stars: facts.stars,
            star_answers: facts.star_answers(),
            satisfaction: ratio(facts.satisfied(), facts.star_answers()),
            thumbs_up: facts.thumbs_up,
            thumbs_down: facts.thumbs_down,
            scored,
            negative,
            negative_share: ratio(negative, scored).filter(|_| scored >= MIN_SCORED),
        }
    }
}

impl Aggregate {
    pub(super) fn orders(&self) -> OrderNumbers {
        let (facts, counts) = (&self.facts, &self.counts);
        let groups = RfmGroup::ALL.map(|group| group.name().to_owned());
        let groups = groups.into_iter().zip(counts.rfm);
        let known = counts.ever_ordered + facts.orders > 0;
        OrderNumbers {
            known,
            orders: facts.orders,
            paid: facts.paid,
            revenue_minor: facts.revenue,
            average_minor: ratio(facts.revenue, facts.paid),
            currency: self.currency.clone(),
            with_order: counts.with_order,
            with_second_order: counts.with_second_order,
            paying_rate: ratio(counts.with_order, counts.members_total).filter(|_| known),
            spent_minor: counts.spent,
            ltv_minor: ratio(counts.spent, counts.with_order).filter(|_| self.currency.is_some()),
            repurchase_rate: ratio(counts.with_second_order, counts.with_order),
            rfm: groups.filter(|_| self.has_rfm).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::csv::figures;
    use super::super::definitions::definition;
    use super::super::reach::Reach;
    use super::super::report::Revision;
    use super::super::testing::{aggregate, day, member, numbers_of, report_of, week};
    use super::super::trend::{Figures, History};
    use super::*;
    use crate::locale::Locale;

    #[test]
    fn who_bought_by_the_end_of_the_week_and_who_bought_again() {
        let members = [
            member("never", -400),
            member("once", -400).bought(6, 6, 1, 0),
            member("next-week", -400).bought(7, 7, 1, 0),
            member("again-next-week", -400).bought(0, 7, 2, 9_999),
            member("twice", -400).bought(-366, -366, 2, 0),
            member("often", -400).bought(-300, 8, 9, 4_001),
            member("gone", -400).bought(-9, -9, 5, 9_999).left(1),
            member("staff", -400).bought(0, 0, 5, 9_999).staff(),
        ];
        let found = numbers_of(&members).orders;
        assert_eq!((found.with_order, found.with_second_order), (4, 2));
        assert_eq!(found.paying_rate, Some(0.666_666_667));
        assert_eq!(found.repurchase_rate, Some(0.5));
        let groups: Vec<_> = found.rfm.iter().filter(|(_, count)| **count > 0).collect();
        let groups: Vec<_> = groups
            .iter()
            .map(|(name, n)| (name.as_str(), **n))
            .collect();
        assert_eq!(
            groups,
            [
                ("champion", 1),
                ("lost", 1),
                ("new-customer", 2),
                ("none", 2)
            ]
        );
        assert_eq!(found.rfm.values().sum::<u64>(), 6, "members at the end");
    }

    /// One who left was the only one to buy; a shop that is not connected yet tells nothing.
    #[test]
    fn no_orders_is_nought_where_orders_are_told_of_and_stays_so() {
        let orders = definition("orders").unwrap();
        for (first, expected) in [(-30, Some(0.0)), (6, Some(0.0)), (7, None)] {
            let bought = member("gone", -60).bought(first, first, 1, 500).left(-1);
            let then = numbers_of(&[bought, member("here", -60)]);
            assert_eq!(orders.value(&then), expected, "day {first}");
            assert_eq!(then.orders.paying_rate, expected);
            for today in [7, 14, 50] {
                let now = then.clone().within(Reach::of(week(), day(today)).unwrap());
                assert_eq!(orders.value(&now), expected, "day {first} on {today}");
            }
        }
    }

    #[test]
    fn money_is_of_the_orders_in_the_communitys_currency() {
        let facts = WeekFacts {
            orders: 4,
            paid: 3,
            revenue: 1_000,
            ..WeekFacts::default()
        };
        let currency = "TWD".parse().ok();
        let numbers = aggregate(&[], day(6))
            .with_facts(facts, currency.as_ref())
            .finish();
        let found = numbers.orders;
        assert_eq!(
            (found.orders, found.paid, found.revenue_minor),
            (4, 3, 1_000)
        );
        assert_eq!(found.average_minor, Some(333.333_333_333));
        assert_eq!(found.currency, currency);
        assert_eq!((found.revenue(), found.ltv()), (Some(10.0), None));
        assert_eq!(found.average(), Some(3.333_333_333));
        let nothing = numbers_of(&[member("U1", 0)]).orders;
        assert_eq!((nothing.average_minor, nothing.paying_rate), (None, None));
        assert_eq!((nothing.revenue(), nothing.average()), (None, None));
    }

    #[test]
    fn a_customer_is_worth_what_all_their_orders_came_to() {
        let members = [
            member("never", -400),
            member("once", -400).bought(6, 6, 1, 50_000),
            member("often", -400).bought(-300, 8, 9, 100_000),
            member("gone", -400).bought(-9, -9, 5, 900_000).left(1),
        ];
        let currency = "TWD".parse().ok();
        let of = |currency: Option<&Currency>| {
            aggregate(&members, day(6))
                .with_facts(WeekFacts::default(), currency)
                .finish()
                .orders
        };
        let found = of(currency.as_ref());
        assert_eq!((found.spent_minor, found.ltv()), (150_000, Some(750.0)));
        assert_eq!(found.revenue(), Some(0.0), "of the week");
        assert_eq!((of(None).ltv(), of(None).revenue()), (None, None));
    }

    /// On the page, the terminal, in the table, and against the week before.
    #[test]
    fn money_is_shown_with_its_currency() {
        let facts = WeekFacts {
            orders: 2,
            paid: 2,
            revenue: 250_000,
            ..WeekFacts::default()
        };
        let numbers = |facts| {
            let counted = aggregate(&[member("once", -40).bought(6, 6, 1, 5_050)], day(6));
            counted
                .with_facts(facts, "TWD".parse().ok().as_ref())
                .finish()
        };
        let before = Figures {
            week: week().plus(-1),
            ..Figures::of(&numbers(WeekFacts {
                revenue: 100_000,
                ..facts
            }))
        };
        let history = History::before(week(), [before]);
        let at = "2026-01-12T00:00:00Z";
        let now = numbers(facts);
        let report = report_of(Locale::En, &[], now, history, Revision::Final, at);
        let text = report.to_text(Locale::En);
        let row = |name: &str| {
            let line = text.lines().find(|line| line.trim().starts_with(name));
            line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        for expected in [
            "Revenue TWD 2,500 +1,500 – –",
            "Average order TWD 1,250 – – – n = 2, too few",
            "LTV so far TWD 50.50 – – – n = 1, too few",
        ] {
            let (name, _) = expected.split_once(" TWD").unwrap();
            assert_eq!(row(name).as_deref(), Some(expected));
        }
        let page = report.to_html(Locale::En, "index.html").unwrap();
        assert!(page.contains("<b>TWD 2,500</b></td>"));
        assert!(figures([&report]).contains(",2500.0000,1250.0000,50.5000,"));
    }

    #[test]
    fn scores_are_shares_of_answers_and_bad_ones_only_of_many() {
        let facts = WeekFacts {
            promoters: 8,
            passives: 1,
            detractors: 2,
            stars: [1, 1, 1, 0, 4],
            thumbs_up: 0,
            thumbs_down: 1,
            ..WeekFacts::default()
        };
        let few = FeedbackNumbers::of(&facts);
        assert_eq!((few.nps_answers, few.nps), (11, Some(0.545_454_545)));
        assert_eq!(
            (few.scored, few.negative, few.negative_share),
            (19, 5, None)
        );
        assert_eq!(
            (few.star_answers, few.satisfaction),
            (7, Some(0.571_428_571))
        );
        let many = WeekFacts {
            thumbs_up: 1,
            ..facts
        };
        assert_eq!(FeedbackNumbers::of(&many).negative_share, Some(0.25));
        let none = FeedbackNumbers::of(&WeekFacts::default());
        assert_eq!((none.nps, none.satisfaction), (None, None));
    }

    #[test]
    fn every_score_is_in_one_column() {
        use crate::event::FeedbackScale;
        use crate::receipt::Receipt;
        let event = "std:1".parse().unwrap();
        let at = jiff::Timestamp::UNIX_EPOCH;
        let mut facts = WeekFacts::default();
        for scale in [
            FeedbackScale::Nps,
            FeedbackScale::Stars,
            FeedbackScale::Thumb,
        ] {
            for score in scale.range() {
                facts.add(&Receipt::score(at, &event, scale, score), None);
            }
        }
        assert_eq!(facts.columns(), [0, 0, 0, 2, 2, 7, 1, 1, 1, 1, 1, 1, 1]);
        assert_eq!((facts.scored(), facts.negative()), (18, 10));
        let mut twice = facts;
        twice.merge(&facts);
        assert_eq!(twice.columns(), facts.columns().map(|count| 2 * count));
    }
}
