//! What a process has used, as Linux counts it (proc(5)).

use std::{
    fs,
    io::{Error, ErrorKind, Result},
    time::Duration,
};

/// The processor time that all threads of a process have used so far, in user and kernel mode. Counted in ticks of
/// 10 ms: a difference needs many requests between its ends.
pub fn processor_time(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let ticks = parse_ticks(&stat).ok_or_else(|| unreadable("stat"))?;
    let nanoseconds = ticks * 1_000_000_000 / rustix::param::clock_ticks_per_second();
    Ok(Duration::from_nanos(nanoseconds))
}

/// The most memory that a process has had resident at any one time, in bytes.
pub fn peak_memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    parse_peak(&status).ok_or_else(|| unreadable("status"))
}

/// Fields 14 and 15, counted after the name, which is in parentheses and may hold anything.
fn parse_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn unreadable(file: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("/proc/…/{file} is not of the form that proc(5) describes"))
}

#[cfg(test)]
mod tests {
    use std::{
        process,
        time::{Duration, Instant},
    };

    use super::{parse_peak, parse_ticks, peak_memory, processor_time};

    #[test]
    fn a_name_with_parentheses_and_spaces_does_not_confuse() {
        let stat = "7 (a) b) c) S 1 7 7 0 -1 4194304 100 0 0 0 12 30 0 0 20 0 1 0 100 1 1";
        assert_eq!(parse_ticks(stat), Some(42));
        assert_eq!(parse_ticks("7 (a) S 1"), None);
    }

    #[test]
    fn the_peak_is_in_kibibytes() {
        assert_eq!(parse_peak("VmPeak:\t 9000 kB\nVmHWM:\t    2048 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(parse_peak("VmPeak:\t 9000 kB\n"), None);
    }

    #[test]
    fn our_own_process_is_seen_at_work() {
        let before = processor_time(process::id()).expect("we are there");
        let started = Instant::now();
        while processor_time(process::id()).expect("we are there") < before + Duration::from_millis(20) {
            assert!(started.elapsed() < Duration::from_secs(20), "no processor time was counted");
        }
        assert!(peak_memory(process::id()).expect("we are there") > 1024 * 1024);
    }
}
