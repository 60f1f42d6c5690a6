//! Every `console` block is run, and what the book shows is compared with what the run printed.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use crate::blessing;
use crate::network::{Network, Terminal, run};
use crate::page::{Block, Page, pages};
use crate::transcript::{comparable, stable, without_haste, without_spaces};
use support::linux::{links_allowed, namespaces_allowed, refusing};
use support::workspace::{cargo, path_of};
use support::{has_ipv6, skip};

/// Blocks that are run together: one, or the two of a first and a second terminal.
type Scene = Vec<Block>;

const FIRST: &str = "first terminal";
const SECOND: &str = "second terminal";

/// The `console` blocks of a page that can be run.
fn scenes(page: &Page) -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    for block in page.blocks() {
        if block.tag != "console" || block.option("not-run").is_some() {
            continue;
        }
        if block.says(SECOND) {
            let first =
                scenes.last_mut().filter(|scene| scene.last().is_some_and(|b| b.says(FIRST)));
            let place = page.place(&block);
            first.unwrap_or_else(|| panic!("{place}: no first terminal before it")).push(block);
        } else {
            scenes.push(vec![block]);
        }
    }
    scenes
}

/// The lines of a block, for the comparison of two runs.
fn lines(block: &Block, text: &str) -> Vec<String> {
    let lines = comparable(text);
    // How wide these two set their columns is each version's own.
    let columns = ["ss -", "nstat -", "--port"].iter().any(|tool| text.contains(tool));
    let lines = if columns { without_spaces(&lines) } else { lines };
    if block.says(FIRST) || block.says(SECOND) { without_haste(&lines) } else { lines }
}

/// The commands of a block: its lines that begin with `$ `, and `> ` where one goes on.
fn commands(content: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for line in content.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(command.to_string());
        } else if let (Some(more), Some(command)) = (line.strip_prefix("> "), commands.last_mut()) {
            *command += &format!("\n{more}");
        }
    }
    commands
}

/// A command as it was typed.
fn typed(command: &str) -> String {
    format!("$ {}\n", command.replace('\n', "\n> "))
}

/// A tool that the commands need and that is not there.
fn missing_tool(page: &Page, block: &Block) -> Option<&'static str> {
    if block.option("needs") == Some("IPv6") && !has_ipv6() {
        return Some("IPv6");
    }
    if block.option("needs") == Some("a link") && !links_allowed() {
        return Some("/dev/net/tun");
    }
    if block.option("needs") == Some("cargo") && !succeeds(cargo().arg("--version")) {
        return Some("cargo");
    }
    let commands = commands(page.content(block)).join("\n");
    let between = |c: char| c.is_whitespace() || [')', '"', ';'].contains(&c);
    let words: Vec<&str> = commands.split(between).collect();
    let is_there = |tool: &str| match tool {
        "python3" => succeeds(Command::new(tool).args(["-c", "import socket"])),
        "nc" => succeeds(Command::new("sh").args(["-c", "nc -h 2>&1 | grep -q -- -N"])),
        "strace" => succeeds(Command::new(tool).args(["-o", "/dev/null", "true"])),
        tool => succeeds(Command::new(tool).arg("--version")),
    };
    // Without tracing a judge says what it could not look at.
    let judges = ["just practice ", "just grade "].iter().any(|it| commands.contains(it));
    let traces = commands.contains("xray") || judges;
    if traces && !succeeds(Command::new(path_of("xray")).arg("true")) {
        return Some("right to trace");
    }
    ["python3", "nc", "strace", "rustc", "ss", "nstat"]
        .into_iter()
        .find(|t| words.contains(t) && !is_there(t))
        .or_else(|| (words.contains(&"--python") && !is_there("python3")).then_some("python3"))
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|run| run.status.success())
}

/// What the blocks of a scene should hold now.
fn perform(page: &Page, scene: &Scene) -> Vec<String> {
    let network = Network::new().expect("a network");
    let blocks: Vec<(&Block, Vec<String>)> =
        scene.iter().map(|block| (block, commands(page.content(block)))).collect();
    let place = page.place(blocks[0].0);
    let check_status = |block: &Block, command: &str, status: i32, output: &str| {
        let expected = block.option("status").map_or(0, |word| word.parse().expect("a status"));
        assert_eq!(status, expected, "{place}: the status of `{command}`, which printed\n{output}");
    };
    let in_turn = |(block, commands): &(&Block, Vec<String>)| {
        let mut content = String::new();
        for (number, command) in commands.iter().enumerate() {
            let (output, status) = run(&network, command);
            if number + 1 == commands.len() {
                check_status(block, command, status, &output);
            }
            content += &(typed(command) + &output);
        }
        content
    };
    let [first, others @ ..] = &blocks[..] else { panic!("{place}: no block") };
    assert!(!first.1.is_empty(), "{place}: a console block shows the command");
    let Some(ready) = first.0.option(FIRST) else { return vec![in_turn(first)] };
    assert_eq!(others.len(), 1, "{place}: a first terminal needs a second one");
    let command = &first.1[0];
    let mut terminal = Terminal::start(&network, command);
    terminal.wait_for(ready);
    let second = in_turn(&others[0]);
    let output = if first.0.says("ended by Ctrl-C") {
        terminal.interrupt()
    } else {
        let (output, status) = terminal.finish();
        check_status(first.0, command, status, &output);
        output
    };
    vec![typed(command) + &output, second]
}

/// The command and, where the block shows only some lines of its output, those; an ellipsis stands
/// for the rest.
fn chosen(block: &Block, content: &str) -> String {
    if let Some(part) = block.option("part") {
        return part_of(content, part);
    }
    let Some(only) = block.option("only") else { return content.to_string() };
    let wanted: Vec<&str> = only.split(" | ").collect();
    let mut text = String::new();
    let mut found = vec![false; wanted.len()];
    let mut keep = false;
    for line in content.lines() {
        // The reason and the cure of an error may go on in lines that are indented further.
        let goes_on = keep && line.starts_with("       ");
        keep = goes_on || line.starts_with("$ ") || line.starts_with("> ");
        for (words, found) in wanted.iter().zip(&mut found) {
            if line.contains(words) {
                (keep, *found) = (true, true);
            }
        }
        if keep {
            text += &format!("{line}\n");
        } else if !text.ends_with("…\n") {
            text += "…\n";
        }
    }
    assert!(!found.contains(&false), "{wanted:?}, found {found:?}, in:\n{content}");
    text
}

/// The command, and the lines from the one with the words before ` … ` to the one with those after
/// it, which is left out; without an end, to the end.
fn part_of(content: &str, part: &str) -> String {
    let (start, end) = part.split_once(" … ").unwrap_or((part, ""));
    let (command, output) = content.split_once('\n').expect("a command");
    let first = output.find(start).unwrap_or_else(|| panic!("no {start:?} in:\n{content}"));
    let first = output[..first].rfind('\n').map_or(0, |at| at + 1);
    let rest = &output[first..];
    let length = match end {
        "" => rest.len(),
        end => rest.find(end).unwrap_or_else(|| panic!("no {end:?} in:\n{content}")),
    };
    let rest = &rest[..rest[..length].rfind('\n').map_or(0, |at| at + 1)];
    let [before, after] = [first > 0, first + rest.len() < output.len()];
    let ellipsis = |is_cut: bool| if is_cut { "…\n" } else { "" };
    format!("{command}\n{}{}\n{}", ellipsis(before), rest.trim_end(), ellipsis(after))
}

/// Runs a scene; returns what its blocks should hold, before lines are chosen.
fn contents(page: &Page, scene: &Scene) -> Vec<String> {
    // Both terminals together, so that a port has one number in both.
    const BETWEEN: &str = "\n=== the second terminal ===\n";
    let together = stable(&perform(page, scene).join(BETWEEN));
    together.split(BETWEEN).map(String::from).collect()
}

/// The blocks of a scene that should be otherwise, with what they should hold.
fn differences(page: &Page, scene: &Scene, contents: &[String]) -> Vec<(Block, String)> {
    let now = scene.iter().zip(contents);
    let now = now.map(|(block, content)| (block, chosen(block, content)));
    let differs = |(block, content): &(&Block, String)| {
        lines(block, page.content(block)) != lines(block, content)
    };
    now.filter(differs).map(|(block, content)| (block.clone(), content)).collect()
}

/// What the pages that show a scene say otherwise than its run.
fn reports(shown_by: &[(&Page, Scene)], contents: &[String]) -> Vec<String> {
    let each = shown_by.iter().flat_map(|(page, scene)| {
        let differences = differences(page, scene, contents);
        differences.into_iter().map(|(block, now)| report(page, &block, &now))
    });
    each.collect()
}

/// What makes two scenes the same run, whatever each shows of it.
fn key(page: &Page, scene: &Scene) -> String {
    let block = |block: &Block| {
        let how = block.comments.iter().filter(|comment| {
            ["first", "second", "ended", "status"].iter().any(|start| comment.starts_with(start))
        });
        let how: Vec<&str> = how.map(String::as_str).collect();
        format!("{how:?} {:?}", commands(page.content(block)))
    };
    scene.iter().map(block).collect()
}

#[test]
fn every_transcript_is_what_a_run_prints_now() {
    if !namespaces_allowed() {
        assert!(
            !blessing(),
            "transcripts are made in network namespaces, which this machine forbids"
        );
        return;
    }
    let pages = pages();
    // The same run for all blocks that show it.
    let mut jobs: BTreeMap<String, Vec<(&Page, Scene)>> = BTreeMap::new();
    for page in &pages {
        for scene in scenes(page) {
            jobs.entry(key(page, &scene)).or_default().push((page, scene));
        }
    }
    let jobs = Mutex::new(jobs);
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((_, shown_by)) = { jobs.lock().expect("the jobs").pop_first() } {
                    let (page, scene) = &shown_by[0];
                    let missing = scene.iter().find_map(|block| missing_tool(page, block));
                    if let Some(tool) = missing {
                        skip(&format!("{}: there is no {tool}", page.place(&scene[0])));
                        continue;
                    }
                    let mut contents = contents(page, scene);
                    // By chance the kernel may give one number to two sockets, or make a program
                    // wait where it never does; then another run tells. It is said all the same:
                    // what comes up again is a fault of the program or of the page.
                    for _ in 0..2 {
                        let reports = reports(&shown_by, &contents);
                        if !reports.is_empty() {
                            let once = format!("differed once: {}\n", reports.join("\n"));
                            let _ = io::stderr().write_all(once.as_bytes());
                            contents = self::contents(page, scene);
                        }
                    }
                    for (page, scene) in &shown_by {
                        let differences = differences(page, scene, &contents);
                        let mut found = found.lock().expect("the differences");
                        found.extend(differences.into_iter().map(|(b, now)| (*page, b, now)));
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().expect("the differences");
    if blessing() {
        // From the end of each page, so that what comes before stays where it is.
        found.sort_by_key(|(_, block, _)| std::cmp::Reverse(block.line));
        for page in &pages {
            let mut text = page.text.clone();
            for (_, block, now) in found.iter().filter(|(p, ..)| p.name == page.name) {
                text.replace_range(block.content.clone(), now);
            }
            page.write(&text);
        }
        // What is made from the transcripts of now.
        crate::questions::check_or_write();
        crate::errors::check_or_write();
    } else {
        let report: Vec<String> =
            found.iter().map(|(page, block, now)| report(page, block, now)).collect();
        assert!(found.is_empty(), "{}\nIf that is meant: just bless", report.join("\n"));
    }
}

/// The first line in which a block differs from a run of now.
fn report(page: &Page, block: &Block, now: &str) -> String {
    let (kept, now) = (page.content(block).trim_end(), now.trim_end());
    let same =
        lines(block, kept).iter().zip(&lines(block, now)).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(nothing)").to_string();
    let place = format!("{}:{}", page.name, block.line + 1 + same);
    format!("{place} says\n  {}\nand a run of now\n  {}", line(kept), line(now))
}

/// A transcript that cannot be run says why; this lists them.
#[test]
fn every_block_that_is_not_run_says_why() {
    let mut list = String::new();
    for page in pages() {
        for block in page.blocks() {
            let place = page.place(&block);
            match (block.tag.as_str(), block.option("not-run")) {
                ("console", Some(reason)) => {
                    assert!(reason.len() > 10, "{place}: {reason:?} is no reason");
                    let command = commands(page.content(&block)).join(" ; ");
                    list += &format!("not run: {place}: {command} ({reason})\n");
                }
                ("console", None) | (_, None) => {}
                (tag, Some(_)) => panic!("{place}: {tag} is not run anyway"),
            }
        }
    }
    let _ = io::stderr().write_all(list.as_bytes());
}

/// Containers often forbid ptrace. This test runs once more, where the kernel refuses it.
#[test]
fn transcripts_that_trace_are_not_run_where_tracing_is_forbidden() {
    const NAME: &str = "transcripts::transcripts_that_trace_are_not_run_where_tracing_is_forbidden";
    const FORBIDDEN: &str = "TRACING_IS_FORBIDDEN";
    if std::env::var_os(FORBIDDEN).is_none() {
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        again.args(["--exact", NAME]).env(FORBIDDEN, "1");
        let done = refusing(&mut again, libc::SYS_ptrace, None, libc::EPERM).output();
        let done = done.expect("it runs");
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let mut tracing = 0;
    for page in pages() {
        for block in scenes(&page).concat() {
            let commands = commands(page.content(&block)).join("\n");
            let tracing_commands =
                ["just xray", "target/debug/xray", "strace ", "just practice two"];
            if tracing_commands.iter().any(|c| commands.contains(c)) {
                assert_ne!(missing_tool(&page, &block), None, "{}", page.place(&block));
                tracing += 1;
            }
        }
    }
    assert!(tracing > 5, "only {tracing} transcripts trace");
}

#[test]
fn each_scene_has_a_network_of_its_own() {
    if !namespaces_allowed() {
        return;
    }
    let names = |network: &Network| {
        let run = network.shell("readlink /proc/self/ns/net").output().expect("it runs");
        String::from_utf8(run.stdout).expect("UTF-8")
    };
    let (one, other) = (Network::new().expect("a network"), Network::new().expect("a network"));
    assert!(names(&one).starts_with("net:["), "{}", names(&one));
    assert_eq!(names(&one), names(&one));
    assert_ne!(names(&one), names(&other));
    let mut outside = Command::new("readlink");
    let outside = outside.arg("/proc/self/ns/net").output().expect("it runs").stdout;
    assert_ne!(names(&one).as_bytes(), outside);
}

/// The counts of step 6 are each machine's own; whatever they are, they add up.
#[test]
fn the_counts_of_step_6_add_up() {
    let page = Page::read("docs/src/6-udp-vs-tcp.md");
    let run = page.section("## Run it");
    let numbers = |words: &str| {
        let line = run.lines().find(|line| line.contains(words));
        let line = line.unwrap_or_else(|| panic!("the run shows {words:?}"));
        let words = line.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
        words.filter_map(|word| word.parse().ok()).collect::<Vec<u64>>()
    };
    let taken = numbers("bytes taken")[0];
    assert_eq!(numbers("the very ones")[0], taken);
    assert_eq!(numbers("nobody reads: the sender"), [taken, 200, 200]);
    assert_eq!(*numbers("sendto(127.0.0.1:8080) x").first().expect("a count"), 200);
    let received = numbers("datagrams, then")[0];
    assert!(received > 0, "something arrived");
    assert_eq!(numbers("nobody reads: lost"), [0, taken, 200 - received, 200, 200 - received]);
}
