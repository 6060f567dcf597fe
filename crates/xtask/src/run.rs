//! Running other programs: what is run is shown, what fails is named, and nothing waits for input.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// Runs a command to its end; its output goes to the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| could_not_start(&line))?;
    succeed(&line, status)
}

/// Hands over to a command, which takes the place of this program, so that a signal to end this one ends it.
#[cfg(unix)]
pub(crate) fn hand_over(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;

    let line = shown(command);
    println!("$ {line}");
    Err(command.stdin(Stdio::null()).exec()).with_context(|| could_not_start(&line))
}

/// Runs a command as the last thing this program does.
#[cfg(not(unix))]
pub(crate) fn hand_over(command: &mut Command) -> Result<()> {
    run(command)
}

/// Runs a command quietly and returns what it printed on standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| could_not_start(&line))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{line}` printed something that is not UTF-8"))
}

/// Runs a command, shows its standard output as it comes, and gives every line to `read` as well.
pub(crate) fn tee(command: &mut Command, mut read: impl FnMut(&str)) -> Result<()> {
    let line = shown(command);
    println!("$ {line}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| could_not_start(&line))?;
    if let Some(output) = child.stdout.take() {
        each_line(output, |text| {
            println!("{text}");
            read(text);
        })?;
    }
    succeed(&line, child.wait()?)
}

/// Runs a command whose standard error is a long log; `read` sees its lines, the terminal only the last ones of a failure.
pub(crate) fn watch_log(command: &mut Command, mut read: impl FnMut(&str)) -> Result<()> {
    const LINES_KEPT: usize = 40;

    let line = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| could_not_start(&line))?;
    let mut log = Vec::new();
    if let Some(output) = child.stderr.take() {
        each_line(output, |text| {
            read(text);
            log.push(text.to_owned());
        })?;
    }
    let status = child.wait()?;
    if !status.success() {
        for text in &log[log.len().saturating_sub(LINES_KEPT)..] {
            eprintln!("{text}");
        }
    }
    succeed(&line, status)
}

/// A duration as people say it: "4.2 s", "2 min 10 s".
pub(crate) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 10 {
        format!("{:.1} s", time.as_secs_f64())
    } else if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

fn each_line(output: impl std::io::Read, mut read: impl FnMut(&str)) -> Result<()> {
    for bytes in BufReader::new(output).split(b'\n') {
        // Test output may hold anything; a broken character must not end the run.
        let bytes = bytes.context("could not read the output")?;
        let text = String::from_utf8_lossy(&bytes);
        read(text.trim_end_matches('\r'));
    }
    Ok(())
}

fn succeed(line: &str, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{line}` failed ({status})")
}

fn could_not_start(line: &str) -> String {
    format!("could not start `{line}`")
}

/// The command as one would type it, with the program's name only.
fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let mut line = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(spoken(Duration::from_millis(4_240)), "4.2 s");
        assert_eq!(spoken(Duration::from_secs(59)), "59 s");
        assert_eq!(spoken(Duration::from_secs(130)), "2 min 10 s");
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(Command::new("cargo")
            .arg("--no-such-flag")
            .stderr(Stdio::null()))
        .expect_err("cargo has no such flag");
        assert!(
            error
                .to_string()
                .starts_with("`cargo --no-such-flag` failed"),
            "{error}"
        );
    }
}
