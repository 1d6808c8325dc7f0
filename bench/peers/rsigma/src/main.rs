// rsigma over one lane of events, one thread, JSON parsing included:
//   rsigma-lane RULES_DIR LANE.ndjson SECONDS [product/category]
// prints a line of JSON with rates per second of CPU time, matches of one pass and memory.
use rsigma_eval::event::JsonEvent;
use rsigma_eval::{compile_rule, evaluate_rule, Engine};
use rsigma_parser::{parse_sigma_yaml, LogSource};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn rule_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rule_files(&path, found);
        } else if path.extension().is_some_and(|name| name == "yml") {
            found.push(path);
        }
    }
}

/// Seconds of CPU time, user and system.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// Whole passes for at least `seconds`: events per CPU second, and matches of the last pass.
fn rate(lines: &[&str], seconds: f64, mut matches_of: impl FnMut(&Value) -> usize) -> (f64, usize) {
    let start = cpu_seconds();
    let mut events = 0;
    loop {
        let mut matches = 0;
        for line in lines {
            matches += matches_of(&serde_json::from_str(line).unwrap());
        }
        events += lines.len();
        let spent = cpu_seconds() - start;
        if spent >= seconds {
            return (events as f64 / spent, matches);
        }
    }
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let seconds: f64 = arguments[3].parse().unwrap();
    let base = peak_mb();
    let start = cpu_seconds();
    let mut files = vec![];
    rule_files(Path::new(&arguments[1]), &mut files);
    let mut compiled = vec![];
    for file in &files {
        let parsed = parse_sigma_yaml(&fs::read_to_string(file).unwrap()).unwrap();
        compiled.extend(parsed.rules.iter().filter_map(|rule| compile_rule(rule).ok()));
    }
    let mut engine = Engine::new();
    engine.extend_compiled_rules(compiled);
    let load = cpu_seconds() - start;
    let peak = peak_mb();

    let text = fs::read_to_string(&arguments[2]).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let (events, matches) = rate(&lines, seconds, |value| engine.evaluate(&JsonEvent::borrow(value)).len());
    let some: Vec<&str> = lines.iter().step_by(20).copied().collect();
    let (plain, _) = rate(&some, seconds / 2.0, |value| {
        let event = JsonEvent::borrow(value);
        engine.rules().iter().filter(|rule| evaluate_rule(rule, &event).is_some()).count()
    });
    let routed = arguments.get(4).map(|source| {
        let parts: Vec<&str> = source.split('/').collect();
        let source = LogSource {
            product: Some(parts[0].to_string()),
            category: Some(parts[1].to_string()),
            service: None,
            definition: None,
            custom: Default::default(),
        };
        let (events, matches) = rate(&lines, seconds, |value| {
            engine.evaluate_with_logsource(&JsonEvent::borrow(value), &source).len()
        });
        json!({ "perSecond": events, "matches": matches })
    });
    let result = json!({
        "rules": engine.rule_count(), "perSecond": events, "matches": matches, "plainPerSecond": plain,
        "routed": routed, "loadMs": load * 1e3, "peakMb": peak, "addedMb": peak - base,
    });
    println!("{result}");
}
