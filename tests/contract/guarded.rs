//! `ROW_RULES`: what a caller gets is what he would get from a database that holds his rows alone.

use std::collections::BTreeMap;

use http::{Method, header};
use iris_tables::caller::Claim;
use iris_tables::param::Param;
use iris_tables::query::position::{SeekValue, Start};
use proptest::prelude::*;
use serde_json::Value;

use crate::fixture::{Cell, Fixture, Kind, Table, is_iris};
use crate::harness::{LOGIN, Site, encoded, query};
use crate::row;

/// What wards are called. Most databases compare some of these as equal, somewhere.
const WARDS: [&str; 8] = ["W1", "w1", "W2", "W1 ", " W1", "Ŵ1", "W%", "O'Neill"];

/// The columns that rules are about, and their claims.
const RULES: [(&str, &str); 4] =
    [("Ward", "ward"), ("Level", "level"), ("Born", "born"), ("Open", "open")];

/// A value that no address can hold: a page that begins after it looks it up.
fn long(text: &str) -> String {
    text.repeat(250)
}

/// What the rules are about in a row.
#[derive(Debug, Clone)]
struct Of {
    ward: Option<usize>,
    level: Option<i64>,
    born: Option<u8>,
    open: Option<bool>,
}

impl Of {
    fn ward(&self) -> Option<&'static str> {
        self.ward.map(|index| WARDS[index])
    }

    fn born(&self) -> Option<String> {
        self.born.map(|day| format!("2024-02-{day:02}"))
    }

    fn cells(&self) -> Vec<Cell> {
        row![self.ward(), self.level, self.born(), self.open]
    }

    /// The value of a rule's column as a claim says it.
    fn said(&self, column: &str) -> Option<String> {
        match column {
            "Ward" => self.ward().map(str::to_owned),
            "Level" => self.level.map(|level| level.to_string()),
            "Born" => self.born(),
            _ => self.open.map(|open| open.to_string()),
        }
    }
}

/// A patient: what the rules are about, and two more values.
#[derive(Debug, Clone)]
struct Patient {
    of: Of,
    word: Option<String>,
    number: Option<i64>,
}

/// A visit: whose it is, and what the rules are about.
type Visit = (prop::sample::Index, Of);

#[derive(Debug, Clone)]
struct Case {
    patients: Vec<Patient>,
    visits: Vec<Visit>,
    /// Which of [`RULES`] hold.
    rules: [bool; 4],
    mine: BTreeMap<String, Claim>,
    others: BTreeMap<String, Claim>,
    asked: Vec<String>,
    has_key: bool,
}

fn of() -> impl Strategy<Value = Of> {
    let ward = prop_oneof![1 => Just(None), 6 => (0..WARDS.len()).prop_map(Some)];
    let level = prop::option::weighted(0.9, 0_i64..3);
    let born = prop::option::weighted(0.9, 1_u8..4);
    let open = prop::option::weighted(0.9, any::<bool>());
    (ward, level, born, open).prop_map(|(ward, level, born, open)| Of { ward, level, born, open })
}

fn patient() -> impl Strategy<Value = Patient> {
    let word = prop_oneof![
        2 => Just(None),
        4 => "[a-c]{0,2}".prop_map(Some),
        2 => "[ab]".prop_map(|text| Some(long(&text))),
    ];
    (of(), word, prop::option::of(-2_i64..3)).prop_map(|(of, word, number)| Patient {
        of,
        word,
        number,
    })
}

/// Claims, each as one value or a list.
fn claims() -> impl Strategy<Value = BTreeMap<String, Claim>> {
    let one_or_list = |values: BoxedStrategy<Claim>| {
        let list = prop::collection::vec(values.clone(), 1..4).prop_map(Claim::List);
        prop_oneof![values, list]
    };
    let text = |text: &str| Claim::Text(text.to_owned());
    let ward = one_or_list((0..WARDS.len()).prop_map(move |ward| text(WARDS[ward])).boxed());
    let level = prop_oneof![
        (0_i64..3).prop_map(|level| Claim::Number(level.into())),
        (0_i64..3).prop_map(|level| Claim::Text(level.to_string())),
    ];
    let level = one_or_list(level.boxed());
    let born =
        one_or_list((1_u8..4).prop_map(|day| Claim::Text(format!("2024-02-{day:02}"))).boxed());
    let open = one_or_list(any::<bool>().prop_map(Claim::Boolean).boxed());
    (ward, level, born, open).prop_map(|(ward, level, born, open)| {
        let claims = [("ward", ward), ("level", level), ("born", born), ("open", open)];
        claims.map(|(name, claim)| (name.to_owned(), claim)).into()
    })
}

/// A parameter of a page of patients.
fn parameter() -> impl Strategy<Value = String> {
    let ward = (0..WARDS.len()).prop_map(|ward| encoded(WARDS[ward]));
    let operator = prop::sample::select(vec![
        "",
        "__not",
        "__gt",
        "__lte",
        "__exact",
        "__contains",
        "__startswith",
    ]);
    let pair = |name: &str, value: &str| query(&[(name, value)])[1..].to_owned();
    prop_oneof![
        (operator, ward).prop_map(|(operator, ward)| format!("Ward{operator}={ward}")),
        (-1_i64..4).prop_map(|level| format!("Level__gte={level}")),
        (0..WARDS.len(), 0..WARDS.len()).prop_map(move |(a, b)| pair(
            "Ward__in",
            &serde_json::json!([WARDS[a], WARDS[b]]).to_string()
        )),
        prop::sample::select(vec!["Ward", "Word", "Level", "Born"])
            .prop_map(|name| format!("{name}__isnull=true")),
        "[a-c]".prop_map(|text| format!("_q={text}")),
        (0..WARDS.len()).prop_map(move |ward| pair(
            "_where",
            &serde_json::json!(["Ward", "not", WARDS[ward]]).to_string()
        )),
        "[a-c]".prop_map(|text| format!("Word__contains={text}")),
        Just("_count=exact".to_owned()),
        prop::sample::select(vec!["Word", "-Word", "-Level,Word", "Ward", "-Born,N", "N"])
            .prop_map(|sort| format!("_sort={sort}")),
        (1_usize..4).prop_map(|size| format!("_size={size}")),
        Just("_col=ID,Word".to_owned()),
    ]
}

/// A query in which no parameter stands twice.
fn asked() -> impl Strategy<Value = String> {
    prop::collection::vec(parameter(), 0..5).prop_map(|mut parameters| {
        let mut names = std::collections::HashSet::new();
        parameters.retain(|pair| names.insert(pair.split('=').next().unwrap().to_owned()));
        parameters.join("&")
    })
}

fn case() -> impl Strategy<Value = Case> {
    (
        prop::collection::vec(patient(), 1..12),
        prop::collection::vec((any::<prop::sample::Index>(), of()), 0..12),
        any::<[bool; 4]>(),
        claims(),
        claims(),
        prop::collection::vec(asked(), 3..6),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(patients, visits, rules, mine, others, asked, has_key)| Case {
            patients,
            visits,
            rules,
            mine,
            others,
            asked,
            has_key,
        })
}

impl Case {
    fn rules(&self) -> String {
        let rules = RULES.iter().zip(self.rules).filter(|(_, holds)| *holds);
        rules.map(|((column, claim), _)| format!("Test.*.{column}=claim:{claim};")).collect()
    }

    fn is_mine(&self, of: &Of) -> bool {
        RULES.iter().zip(self.rules).filter(|(_, holds)| *holds).all(|((column, claim), _)| {
            let values = self.mine[*claim].texts().unwrap();
            of.said(column).is_some_and(|value| values.contains(&value))
        })
    }

    /// The tables, all of their rows or the caller's own.
    fn tables(&self, mine_only: bool) -> [Table; 2] {
        let kept = |of: &Of| !mine_only || self.is_mine(of);
        let with_rules = |table: Table| {
            table
                .column("Ward", Kind::Varchar(20))
                .column("Level", Kind::Integer)
                .column("Born", Kind::Date)
                .column("Open", Kind::Boolean)
        };
        let patients = (1_i64..).zip(&self.patients).filter(|(_, patient)| kept(&patient.of));
        let patients = patients.map(|(id, patient)| {
            let (word, number) = (patient.word.clone(), patient.number);
            [row![id], patient.of.cells(), row![word, number]].concat()
        });
        let visits = (1_i64..).zip(&self.visits).filter(|(_, (_, of))| kept(of));
        let visits = visits.map(|(id, (whose, of))| {
            let whose = whose.index(self.patients.len());
            // A database of the caller's own rows could not hold it: it refers to none of them.
            let is_strange = self.is_mine(of) && !self.is_mine(&self.patients[whose].of);
            let whose = (!is_strange).then_some(whose as i64 + 1);
            [row![id, whose], of.cells()].concat()
        });
        let patient = with_rules(Table::new("Patient").column("ID", Kind::Integer))
            .column("Word", Kind::Varchar(300))
            .column("N", Kind::Integer);
        let visit = Table::new("Visit").column("ID", Kind::Integer).column("Whose", Kind::Integer);
        let visit = with_rules(visit).key(&["ID"]);
        if self.has_key {
            let visit = visit.reference(&["Whose"], "Patient", &["ID"]);
            [patient.key(&["ID"]).rows(patients), visit.rows(visits)]
        } else {
            [patient.rows(patients), visit.rows(visits)]
        }
    }

    /// Pages of rows as they are asked for, and rows by themselves.
    fn addresses(&self, fixture: &Fixture) -> Vec<String> {
        let mut all: Vec<String> = self
            .asked
            .iter()
            .flat_map(|asked| {
                ["", "&_format=csv", "&_format=html", "&_view=page"]
                    .map(|format| fixture.address("Patient", &format!("?{asked}{format}")))
            })
            .collect();
        for id in 1..=self.patients.len() {
            all.push(fixture.address("Patient", &format!("/row?ID={id}&_count=exact")));
            all.push(fixture.address("Patient", &format!("/row?ID={id}&_cell=Word")));
        }
        for id in 1..=self.visits.len() {
            all.push(fixture.address("Visit", &format!("/row?ID={id}&_format=html")));
        }
        // Labels, and the rows that refer to one, are of another table.
        for id in 1..=self.patients.len() {
            all.push(fixture.address("Patient", &format!("/row?ID={id}&_format=html")));
        }
        all.push(fixture.address("Visit", "?_label=Whose&_sort=ID"));
        for groups in [
            "_by=Ward&_sort=Ward&_size=2",
            "_by=Born:month&_sum=N&_max=Word&_format=html",
            "_by=Level,Open&_q=a&_format=csv",
        ] {
            all.push(fixture.address("Patient", &format!("/groups?{groups}")));
        }
        all.push(fixture.address("Visit", "?_format=html&_sort=ID"));
        all.push(fixture.address("Visit", "?_sort=-Whose&_size=2&_count=exact"));
        all
    }

    /// Positions that no answer has given: after each row that there is, and after others, by
    /// values, and by a look into the row.
    fn positions(&self) -> Vec<Start> {
        let number = |id: usize| SeekValue::Value(Param::Integer(id as i64));
        let text = |text: &str| SeekValue::Value(Param::Text(text.to_owned()));
        let after = |id| {
            let words = [SeekValue::OfRow, SeekValue::Null, text("a"), text(&long("b"))];
            words.map(|word| Start::After(vec![word, number(id)]))
        };
        (0..=self.patients.len() + 1).flat_map(after).collect()
    }
}

/// All that a client can see of an answer, but ids, times, and what a position is bound to.
fn seen(site: &Site, address: &str) -> (String, Option<String>) {
    let answer = site.ask(Method::GET, address, &[(header::ACCEPT, "application/json")]);
    let next = answer.link("next");
    let headers =
        answer.headers.iter().filter(|(name, _)| *name != "server-timing" && *name != header::ETAG);
    let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    let text = answer.text().replace(&answer.request_id, "ID");
    let all = format!("{}\n{}\n{text}", answer.status, headers.join("\n"));
    (without_tokens(&without_rules(&all)), next)
}

/// A page says which rules hold: where none do, it has no such line.
fn without_rules(text: &str) -> String {
    let (before, rest) = text.split_once("<aside class=\"own").unwrap_or((text, "</aside>"));
    format!("{}{}", before.trim_end(), rest.split_once("</aside>").unwrap().1)
}

fn without_tokens(text: &str) -> String {
    let mut parts = text.split("_next=");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_end =
            |letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_';
        kept.push_str("_next=…");
        kept.push_str(part.find(is_end).map_or("", |end| &part[end..]));
    }
    kept
}

/// A walk from an address on, page by page.
fn walk(site: &Site, address: &str) -> Vec<String> {
    let (mut pages, mut next) = (Vec::new(), Some(address.to_owned()));
    while let Some(address) = next {
        let (page, following) = seen(site, &address);
        pages.push(page);
        next = following;
        assert!(pages.len() < 60, "{address}: the walk does not end");
    }
    pages
}

/// The rows of a walk alone.
pub fn rows(site: &Site, address: &str) -> Vec<Value> {
    crate::harness::json_walk(site, address).into_iter().map(Value::Object).collect()
}

/// What patients are called.
const LABELS: (&str, &str) = ("LABELS", "Test.Patient=Word");

const SORTED: &str = "_sort=Word";

/// What a database with these rows answers.
fn answers(case: &Case, fixture: &Fixture, site: &Site) -> Vec<String> {
    site.sign_in(&case.mine);
    if !case.has_key {
        // Row ids differ between databases.
        let walks = case.asked.iter().filter(|asked| !asked.contains("_col"));
        return walks
            .flat_map(|asked| rows(site, &fixture.address("Patient", &format!("?{asked}"))))
            .map(|row| row.to_string())
            .collect();
    }
    let mut answers: Vec<String> =
        case.addresses(fixture).iter().flat_map(|address| walk(site, address)).collect();
    for start in case.positions() {
        let token = site.forged("Test.Patient", SORTED, 1, start);
        answers.extend(walk(
            site,
            &fixture.address("Patient", &format!("?{SORTED}&_size=3&_next={token}")),
        ));
    }
    answers
}

/// What another caller's pages lead on to is refused where he sees other rows.
fn others_tokens_are_refused(case: &Case, fixture: &Fixture, site: &Site) {
    let next = |claims| {
        site.sign_in(claims);
        let address = fixture.address("Patient", "?_size=1");
        site.json(&address)["next"].as_str().map(str::to_owned)
    };
    let theirs = next(&case.others);
    next(&case.mine);
    let differs = RULES.iter().zip(case.rules).any(|((_, claim), holds)| {
        holds && case.mine[*claim].texts() != case.others[*claim].texts()
    });
    if let Some(theirs) = theirs.filter(|_| differs) {
        site.refused(&theirs, "_next");
    }
}

fn holds(case: &Case) {
    let mine = {
        let fixture = Fixture::with(&case.tables(true));
        answers(case, &fixture, &fixture.site_with(&[&LOGIN[..], &[LABELS]].concat()))
    };
    let fixture = Fixture::with(&case.tables(false));
    let rules = case.rules();
    let site = fixture.site_with(&[&LOGIN[..], &[LABELS, ("ROW_RULES", rules.as_str())]].concat());
    let of_all = answers(case, &fixture, &site);
    for (of_all, mine) in of_all.iter().zip(&mine) {
        assert_eq!(of_all, mine, "{rules}");
    }
    assert_eq!(of_all.len(), mine.len());
    others_tokens_are_refused(case, &fixture, &site);
}

#[test]
fn a_caller_gets_what_a_database_of_his_rows_would_give() {
    crate::property(if is_iris() { 2 } else { 12 }, case(), |case| holds(&case));
}
