//! The filter that stops a program at the calls which may be about a socket, and at no others
//! (seccomp(2)). The kernel runs it at each system call.
//!
//! It is written here, because the libraries' filters kill a program that makes another machine's
//! calls, such as a 32-bit one, and this one lets it be.

use std::io;

use libc::sock_filter;

use super::calls;

/// The machine for which this is compiled, as linux/audit.h numbers it.
#[cfg(target_arch = "x86_64")]
pub const MACHINE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
pub const MACHINE: u32 = 0xC000_00B7;

/// Where struct seccomp_data has what the filter asks about.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
/// The first argument; each has eight bytes, the lower half first on these machines.
const ARGUMENTS: u32 = 16;

fn load(offset: u32) -> sock_filter {
    // SAFETY: it only fills a structure.
    unsafe { libc::BPF_STMT((libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16, offset) }
}

/// Skips one number of instructions if the loaded value is `value`, and another if it is not.
fn compare(value: u32, equal: u8, other: u8) -> sock_filter {
    let code = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    // SAFETY: it only fills a structure.
    unsafe { libc::BPF_JUMP(code, value, equal, other) }
}

fn answer(action: u32) -> sock_filter {
    // SAFETY: it only fills a structure.
    unsafe { libc::BPF_STMT((libc::BPF_RET | libc::BPF_K) as u16, action) }
}

fn program() -> Vec<sock_filter> {
    let (stop, pass) = (answer(libc::SECCOMP_RET_TRACE), answer(libc::SECCOMP_RET_ALLOW));
    let mut program = vec![load(ARCHITECTURE), compare(MACHINE, 1, 0), pass, load(NUMBER)];
    for (number, argument) in calls::traced() {
        match argument.is_one_of() {
            None => program.extend([compare(number as u32, 0, 1), stop]),
            Some((place, values)) => {
                // Past everything that asks about this call's argument.
                let length = 2 * values.len() as u8 + 2;
                let load_argument = load(ARGUMENTS + 8 * place as u32);
                program.extend([compare(number as u32, 0, length), load_argument]);
                program.extend(values.iter().flat_map(|value| [compare(*value, 0, 1), stop]));
                program.push(pass);
            }
        }
    }
    program.push(pass);
    program
}

/// Puts the filter on this thread and all that it will start, for good.
///
/// For that, a process without CAP_SYS_ADMIN has to give up ever gaining rights by exec; a process
/// that is traced by an ordinary user would not gain them anyway (ptrace(2)).
pub fn install() -> io::Result<()> {
    let mut program = program();
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    let set = || {
        // SAFETY: the kernel copies the instructions, which outlive the call.
        let result = unsafe {
            libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program)
        };
        if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
    };
    match set() {
        Err(error) if error.raw_os_error() == Some(libc::EACCES) => {
            // SAFETY: prctl with numbers alone touches no memory.
            unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
            set()
        }
        result => result,
    }
}
