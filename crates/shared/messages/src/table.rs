//! The numbers and words of the errors on three systems.

use crate::errors::{Error, Field};

/// Reads the table below; no number is 0, and no words on macOS are Linux's.
macro_rules! errors {
    ($($field:ident { $($symbol:ident $linux:literal $macos:literal $windows:literal
                        $words:literal $macos_words:literal $windows_words:literal;)* })*) => {
        &[$($(Error {
            symbol: stringify!($symbol),
            field: Field::$field,
            numbers: [$linux, $macos, $windows],
            words: [$words, $macos_words, $windows_words],
        },)*)*]
    };
}

/// All errors that are known.
#[rustfmt::skip]
pub const ERRORS: &[Error] = errors! {
    Network {
        EADDRINUSE 98 48 10048
            "Address already in use" "" "Only one usage of each socket address";
        EADDRNOTAVAIL 99 49 10049
            "Cannot assign requested address" "Can't assign requested address"
            "The requested address is not valid in its context";
        EAFNOSUPPORT 97 47 10047
            "Address family not supported by protocol"
            "Address family not supported by protocol family"
            "An address incompatible with the requested protocol was used";
        EALREADY 114 37 10037
            "Operation already in progress" ""
            "a non-blocking socket that already had an operation in progress";
        ECONNABORTED 103 53 10053
            "Software caused connection abort" "" "An established connection was aborted";
        ECONNREFUSED 111 61 10061
            "Connection refused" "" "the target machine actively refused it";
        ECONNRESET 104 54 10054
            "Connection reset by peer" "" "An existing connection was forcibly closed";
        EDESTADDRREQ 89 39 10039
            "Destination address required" "" "A required address was omitted";
        EHOSTDOWN 112 64 10064 "Host is down" "" "because the destination host was down";
        EHOSTUNREACH 113 65 10065
            "No route to host" "" "A socket operation was attempted to an unreachable host";
        EINPROGRESS 115 36 10036
            "Operation now in progress" "" "A blocking operation is currently executing";
        EISCONN 106 56 10056
            "Transport endpoint is already connected" "Socket is already connected"
            "A connect request was made on an already connected socket";
        EMSGSIZE 90 40 10040
            "Message too long" "" "A message sent on a datagram socket was larger";
        ENETDOWN 100 50 10050
            "Network is down" "" "A socket operation encountered a dead network";
        ENETRESET 102 52 10052
            "Network dropped connection on reset" ""
            "The connection has been broken due to keep-alive activity";
        ENETUNREACH 101 51 10051
            "Network is unreachable" ""
            "A socket operation was attempted to an unreachable network";
        ENOBUFS 105 55 10055
            "No buffer space available" "" "the system lacked sufficient buffer space";
        ENONET 64 0 0 "Machine is not on the network" "" "";
        ENOPROTOOPT 92 42 10042
            "Protocol not available" ""
            "An unknown, invalid, or unsupported option or level was specified";
        ENOTCONN 107 57 10057
            "Transport endpoint is not connected" "Socket is not connected"
            "disallowed because the socket is not connected";
        ENOTSOCK 88 38 10038
            "Socket operation on non-socket" ""
            "An operation was attempted on something that is not a socket";
        EPFNOSUPPORT 96 46 10046
            "Protocol family not supported" "" "The protocol family has not been configured";
        EPROTONOSUPPORT 93 43 10043
            "Protocol not supported" "" "The requested protocol has not been configured";
        EPROTOTYPE 91 41 10041
            "Protocol wrong type for socket" ""
            "does not support the semantics of the socket type requested";
        ESHUTDOWN 108 58 0
            "Cannot send after transport endpoint shutdown" "Can't send after socket shutdown" "";
        ESOCKTNOSUPPORT 94 44 10044
            "Socket type not supported" ""
            "The support for the specified socket type does not exist";
        ETIMEDOUT 110 60 10060
            "Connection timed out" "Operation timed out"
            "the connected party did not properly respond";
    }
    Any {
        EACCES 13 13 10013
            "Permission denied" "" "access a socket in a way forbidden by its access permissions";
        EAGAIN 11 35 10035
            "Resource temporarily unavailable" ""
            "A non-blocking socket operation could not be completed immediately";
        EBADF 9 9 10009
            "Bad file descriptor" "" "The file handle supplied is not valid";
        EFAULT 14 14 10014
            "Bad address" "" "The system detected an invalid pointer address";
        EINTR 4 4 10004
            "Interrupted system call" "" "A blocking operation was interrupted";
        EINVAL 22 22 10022 "Invalid argument" "" "An invalid argument was supplied";
        EIO 5 5 0 "Input/output error" "" "";
        EMFILE 24 24 10024 "Too many open files" "" "Too many open sockets";
        ENFILE 23 23 0 "Too many open files in system" "" "";
        ENODEV 19 19 0 "No such device" "Operation not supported by device" "";
        ENOMEM 12 12 0 "Cannot allocate memory" "" "";
        EOPNOTSUPP 95 102 10045
            "Operation not supported" "Operation not supported on socket"
            "not supported for the type of object referenced";
        EPERM 1 1 0 "Operation not permitted" "" "";
        EPIPE 32 32 10058
            "Broken pipe" "" "already been shut down in that direction";
        EPROTO 71 100 0 "Protocol error" "" "";
    }
    Files {
        ENOENT 2 2 0 "No such file or directory" "" "";
        ENXIO 6 6 0 "No such device or address" "Device not configured" "";
    }
    Other {
        ESRCH 3 3 0 "No such process" "" "";
        E2BIG 7 7 0 "Argument list too long" "" "";
        ENOEXEC 8 8 0 "Exec format error" "" "";
        ECHILD 10 10 0 "No child processes" "" "";
        EBUSY 16 16 0 "Device or resource busy" "Resource busy" "";
        EEXIST 17 17 0 "File exists" "" "";
        EXDEV 18 18 0 "Invalid cross-device link" "Cross-device link" "";
        ENOTDIR 20 20 0 "Not a directory" "" "";
        EISDIR 21 21 0 "Is a directory" "" "";
        ENOTTY 25 25 0 "Inappropriate ioctl for device" "" "";
        ETXTBSY 26 26 0 "Text file busy" "" "";
        EFBIG 27 27 0 "File too large" "" "";
        ENOSPC 28 28 0 "No space left on device" "" "";
        ESPIPE 29 29 0 "Illegal seek" "" "";
        EROFS 30 30 0 "Read-only file system" "" "";
        EDOM 33 33 0 "Numerical argument out of domain" "" "";
        ERANGE 34 34 0 "Numerical result out of range" "Result too large" "";
        EDEADLK 35 11 0 "Resource deadlock avoided" "" "";
        ENAMETOOLONG 36 63 10063 "File name too long" "" "";
        ENOSYS 38 78 0 "Function not implemented" "" "";
        ENOTEMPTY 39 66 10066 "Directory not empty" "" "";
        ELOOP 40 62 10062 "Too many levels of symbolic links" "" "";
        EOVERFLOW 75 84 0 "Value too large for defined data type" "Value too large to be stored in data type" "";
        ESTALE 116 70 10070 "Stale file handle" "Stale NFS file handle" "";
        ECANCELED 125 89 10103 "Operation canceled" "" "";
    }
    Names {
        EAI_NONAME -2 0 11001
            "Name or service not known" "nodename nor servname provided, or not known"
            "No such host is known";
        EAI_AGAIN -3 0 11002
            "Temporary failure in name resolution" ""
            "a temporary error during hostname resolution";
        EAI_FAIL -4 0 11003
            "Non-recoverable failure in name resolution" ""
            "A non-recoverable error occurred during a database lookup";
        EAI_NODATA -5 0 11004
            "No address associated with hostname" ""
            "no data of the requested type was found";
    }
};
