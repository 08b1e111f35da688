//! The processes below ours, wherever they moved to: cargo-lambda gives each function a process group of its own, and
//! rustc outlives a cargo that was killed.

use std::{collections::HashMap, fs, time::Duration};

use rustix::process::{Pid, Signal, getpid, kill_process, set_child_subreaper};
use tokio::time::sleep;

use crate::{child::process_id, failure::Failure};

/// Makes processes whose parent dies ours rather than init's, so that [`kill`] finds them.
pub fn adopt_orphans() -> Result<(), Failure> {
    set_child_subreaper(Some(getpid())).map_err(|error| Failure::io("become the parent of orphans")(error.into()))
}

/// Kills every process below ours that is still running.
pub async fn kill() {
    // Twice at least: the first finds what is there, the second what that started meanwhile.
    for _ in 0..20 {
        let remaining = running();
        if remaining.is_empty() {
            return;
        }
        for pid in remaining {
            // It may have ended by itself just now.
            let _ = kill_process(pid, Signal::KILL);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

fn running() -> Vec<Pid> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(process.path().join("stat")) else { continue };
        if let Some(parent) = parent_of_running(&stat) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = Vec::new();
    let mut parents = vec![std::process::id()];
    while let Some(parent) = parents.pop() {
        for &child in children.get(&parent).into_iter().flatten() {
            parents.push(child);
            found.extend(process_id(child));
        }
    }
    found
}

/// The parent's process id in a line of proc_pid_stat(5), unless the process has ended already.
///
/// The second field is the program's name in parentheses, which may hold anything, parentheses too.
fn parent_of_running(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::parent_of_running;

    #[test]
    fn the_parent_is_found_behind_any_program_name() {
        assert_eq!(parent_of_running("42 (cargo) S 7 42 42 0 -1"), Some(7));
        assert_eq!(parent_of_running("42 (a) Z 9 (b) S 7 42 42"), Some(7));
        assert_eq!(parent_of_running("42 (cargo) Z 7 42 42 0 -1"), None);
        assert_eq!(parent_of_running(""), None);
    }
}
