//! A control group with a share of a processor or a limit of memory, version 1 or 2 of the kernel's interface. Needs root.
//! <https://docs.kernel.org/admin-guide/cgroup-v2.html>

use crate::Problem;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Length of a period in µs; a process that has used up its share waits for the next one.
const PERIOD: u64 = 20_000;

/// The groups of one process; none where nothing is limited.
pub struct Group {
    folders: Vec<PathBuf>,
}

/// Puts the calling process into a group.
pub struct Joining(Vec<File>);

impl Group {
    pub fn new(cpu_share: Option<f64>, memory_mib: Option<u64>) -> Result<Self, Problem> {
        let mut group = Self { folders: Vec::new() };
        let name = format!("lambda-bench-{}", std::process::id());
        if let Some(share) = cpu_share {
            let quota = (share * PERIOD as f64).round() as u64;
            let v1 = [("cpu.cfs_period_us", PERIOD.to_string()), ("cpu.cfs_quota_us", quota.to_string())];
            group.add("cpu", &name, &v1, &[("cpu.max", format!("{quota} {PERIOD}"))])?;
        }
        if let Some(mib) = memory_mib {
            let bytes = (mib << 20).to_string();
            let v2 = [("memory.max", bytes.clone()), ("memory.swap.max", "0".into())];
            group.add("memory", &name, &[("memory.limit_in_bytes", bytes)], &v2)?;
        }
        Ok(group)
    }

    fn add(
        &mut self,
        controller: &str,
        name: &str,
        v1: &[(&str, String)],
        v2: &[(&str, String)],
    ) -> Result<(), Problem> {
        let root = Path::new("/sys/fs/cgroup");
        let is_v2 = root.join("cgroup.controllers").exists();
        let (folder, settings) = if is_v2 { (root.join(name), v2) } else { (root.join(controller).join(name), v1) };
        let settle = || -> std::io::Result<()> {
            if is_v2 {
                fs::write(root.join("cgroup.subtree_control"), format!("+{controller}"))?;
            }
            fs::create_dir_all(&folder)?;
            settings.iter().try_for_each(|(file, value)| fs::write(folder.join(file), value))
        };
        settle().map_err(|err| format!("no control group with a limited {controller} can be made ({err})"))?;
        if !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
        Ok(())
    }

    /// What the process has to do between fork and exec.
    pub fn joining(&self) -> std::io::Result<Joining> {
        let open = |folder: &PathBuf| File::options().write(true).open(folder.join("cgroup.procs"));
        Ok(Joining(self.folders.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// The most memory that the group had, in MiB: where memory is limited.
    pub fn peak_mib(&self) -> Option<f64> {
        let files = ["memory.peak", "memory.max_usage_in_bytes"];
        let peak = self.folders.iter().flat_map(|folder| files.map(|file| folder.join(file)));
        let bytes: f64 = peak.filter_map(|file| fs::read_to_string(file).ok()).next()?.trim().parse().ok()?;
        Some(bytes / f64::from(1 << 20))
    }

    /// Removes the groups. One that is still busy stays, empty and harmless.
    pub fn remove(&self) {
        for folder in &self.folders {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Joining {
    pub fn join(&self) -> std::io::Result<()> {
        self.0.iter().try_for_each(|mut procs| procs.write_all(b"0"))
    }
}
