//! What a process has used, as Linux counts it in `/proc`.

use std::{
    fs,
    io::{Error, ErrorKind, Result},
    time::Duration,
};

/// "No such process", as errno(3) has it.
const ESRCH: i32 = 3;

/// The processor time that a process's threads have used so far, in user and kernel mode: the sum of their `schedstat`
/// (Documentation/scheduler/sched-stats.rst). What threads used that have ended is not in it.
pub fn processor_time(process: u32) -> Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = match fs::read_to_string(thread?.path().join("schedstat")) {
            Ok(stat) => stat,
            // It has ended since the folder was read: ENOENT where that was before the file was opened.
            Err(error) if error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(ESRCH) => continue,
            Err(error) => return Err(error),
        };
        nanoseconds += parse_processor_time(&stat).ok_or_else(|| unreadable("schedstat"))?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// The most memory that a process has had resident at any one time, in bytes (proc(5), `VmHWM`).
pub fn peak_memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    parse_peak(&status).ok_or_else(|| unreadable("status"))
}

/// The first of three numbers: nanoseconds.
fn parse_processor_time(schedstat: &str) -> Option<u64> {
    schedstat.split(' ').next()?.parse().ok()
}

fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn unreadable(file: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("/proc/…/{file} is not of the form that Linux documents"))
}

#[cfg(test)]
mod tests {
    use std::{
        process,
        time::{Duration, Instant},
    };

    use super::{parse_peak, parse_processor_time, peak_memory, processor_time};

    #[test]
    fn the_first_number_of_schedstat_counts() {
        assert_eq!(parse_processor_time("1230456 77 8\n"), Some(1_230_456));
        assert_eq!(parse_processor_time(""), None);
    }

    #[test]
    fn the_peak_is_in_kibibytes() {
        assert_eq!(parse_peak("VmPeak:\t 9000 kB\nVmHWM:\t    2048 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(parse_peak("VmPeak:\t 9000 kB\n"), None);
    }

    #[test]
    fn our_own_process_is_seen_at_work() {
        let used = || processor_time(process::id()).expect("we are there");
        let (before, started) = (used(), Instant::now());
        // Threads of other tests may end meanwhile, and what they used with them.
        while used() < before + Duration::from_millis(5) {
            assert!(started.elapsed() < Duration::from_secs(20), "no processor time was counted");
        }
        assert!(peak_memory(process::id()).expect("we are there") > 1024 * 1024);
    }
}
