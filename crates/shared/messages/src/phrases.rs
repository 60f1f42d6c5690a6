//! What languages and programs say in place of a system's words, and what they call its errors.

use Sense::{End, Error, Timer};

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// The error.
    Error,
    /// The end of the stream: the peer has closed, and no call has failed.
    End,
    /// A time limit of the program itself is over: the kernel has no error.
    Timer,
}

impl Sense {
    /// What to know about it.
    #[must_use]
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Error => None,
            End => Some(
                "No call has failed there: the peer has closed the connection, and recv \
                 returned 0.",
            ),
            Timer => Some(
                "A time limit of the program's own was over. The kernel knows of it only where it \
                 is SO_RCVTIMEO or SO_SNDTIMEO: then it gives EAGAIN, or EINPROGRESS for connect. \
                 ETIMEDOUT comes when TCP itself gives up.",
            ),
        }
    }
}

/// Names and phrases, with the errors that they mean, the most likely one first. Names in camel
/// case are words like any other; a phrase is found in whichever case, with any punctuation.
#[rustfmt::skip]
pub const PHRASES: &[(Sense, &[&str], &[&str])] = &[
    (Error, &["EADDRINUSE"], &[
        "AddrInUse", "AddressAlreadyInUse", "BindException", "Address in use",
        "port is already allocated", "driver failed programming external connectivity",
        "Ports are not available", "port is already in use", "already in use by another",
        "is in use by another program", "already running on port", "port is in use",
        "conflicts with an existing registration", "Connection in use", "was already in use",
        "AddressInUse", "address is already in use", "address is in use",
        "bound address is already in use", "are already in use", "port already in use",
        "port in use", "port may already be in use", "port is occupied", "port is busy",
        "port is taken", "already running on that port",
        "Identify and stop the process that's listening on port",
    ]),
    (Error, &["EADDRNOTAVAIL"], &[
        "AddrNotAvailable", "AddressNotAvailable", "Address not available",
        "address is not available", "ERR_ADDRESS_INVALID",
    ]),
    (Error, &["EAFNOSUPPORT"], &["AddressFamilyNotSupported", "UnsupportedAddressTypeException"]),
    (Error, &["EALREADY"], &["AlreadyInProgress", "ConnectionPendingException"]),
    (Error, &["ECONNABORTED"], &["ConnectionAborted", "ConnectionAbortedError"]),
    (Error, &["ECONNREFUSED"], &[
        "ConnectionRefused", "ConnectionRefusedError", "ConnectException",
        "PortUnreachableException", "actively refused", "refused the network connection",
        "curl: (7)", "Couldn't connect to server", "refused to connect", "refused our connection",
        "Unable to connect to the remote server", "Could not connect to the server",
        "was refused", "refused the connection", "Connect call failed", "NoValidConnectionsError",
        "NSURLErrorDomain Code=-1004",
        "NSURLErrorDomain error -1004", "TNS:no listener",
        "can't establish a connection to the server", "Safari can't connect to the server",
    ]),
    // What only says that there is no connection comes of these most often.
    (Error, &["ECONNREFUSED", "ENOENT"], &["Is the docker daemon running"]),
    (Error, &["ECONNREFUSED", "ETIMEDOUT"], &[
        "could not be established. Broker may not be available",
        "could not be established. Node may not be available", "Can't contact LDAP server",
        "Could not open a connection to SQL Server", "establishing a connection to SQL Server",
        "Unable to connect to", "Could not connect to", "Couldn't connect to", "Failed to connect to",
        "Failed connecting to", "Cannot connect to", "Can't connect to", "TCP connect to",
    ]),
    (Error, &["ECONNRESET"], &[
        "ConnectionReset", "ConnectionResetError", "Connection reset", "forcibly closed",
        "curl: (56)", "socket hang up", "specified network name is no longer available",
        "reset by remote host", "ConnectionResetByPeer", "connection was reset",
        "connection has been reset", "NS_ERROR_NET_RESET", "reset the connection",
        "network socket disconnected before secure TLS connection was established",
    ]),
    (Error, &["EDESTADDRREQ"], &["DestinationAddressRequired"]),
    (Error, &["EHOSTDOWN"], &["HostDown"]),
    (Error, &["EHOSTUNREACH"], &[
        "HostUnreachable", "NoRouteToHostException", "Host is unreachable", "Host unreachable",
        "ADDRESS_UNREACHABLE", "unreachable host",
    ]),
    (Error, &["EISCONN"], &["IsConnected", "AlreadyConnectedException", "Socket is connected"]),
    (Error, &["EMSGSIZE"], &["MessageSize", "Message too large", "ERR_MSG_TOO_BIG"]),
    (Error, &["ENETDOWN"], &["NetworkDown"]),
    (Error, &["ENETRESET"], &["NetworkReset"]),
    (Error, &["ENETUNREACH"], &[
        "NetworkUnreachable", "Network unreachable", "unreachable network",
        "Net unreachable",
        "network location cannot be reached",
    ]),
    (Error, &["ENOBUFS"], &["NoBufferSpaceAvailable"]),
    (Error, &["ENOPROTOOPT"], &["ProtocolOption"]),
    (Error, &["ENOTCONN"], &["NotConnected", "NotYetConnectedException", "Socket not connected"]),
    (Error, &["ENOTSOCK"], &["NotSocket"]),
    (Error, &["EOPNOTSUPP"], &["OperationNotSupported"]),
    (Error, &["EPROTONOSUPPORT"], &["ProtocolNotSupported"]),
    (Error, &["ESOCKTNOSUPPORT"], &["SocketNotSupported"]),
    (Error, &["ETIMEDOUT"], &[
        "semaphore timeout period has expired", "took too long to respond", "ConnectionTimedOut",
        "TimedOut",
    ]),
    (Error, &["EACCES", "EPERM"], &[
        "PermissionDenied", "PermissionError", "AccessDenied", "cannot expose privileged port",
        "The address is protected",
    ]),
    (Error, &["EAGAIN"], &[
        "WouldBlock", "BlockingIOError", "EAGAINWaitReadable", "EAGAINWaitWritable",
        "EWOULDBLOCKWaitReadable", "EWOULDBLOCKWaitWritable", "Operation would block",
    ]),
    (Error, &["EINPROGRESS"], &["EINPROGRESSWaitWritable", "Operation in progress"]),
    (Error, &["EBADF"], &[
        "use of closed network connection", "Socket closed", "Socket is closed",
        "ClosedChannelException", "AsynchronousCloseException",
    ]),
    (Error, &["EINTR"], &["Interrupted", "InterruptedError"]),
    (Error, &["EINVAL"], &["InvalidInput", "InvalidArgument", "AlreadyBoundException"]),
    (Error, &["EMFILE"], &[
        "TooManyOpenSockets", "No file descriptors available", "No more file descriptors",
    ]),
    (Error, &["ENOMEM"], &["OutOfMemory"]),
    (Error, &["EPIPE"], &["BrokenPipe", "BrokenPipeError", "curl: (55)", "ended by the other party"]),
    (Error, &["EAI_NONAME"], &[
        "HostNotFound", "gaierror", "UnknownHostException", "UnresolvedAddressException",
        "ENOTFOUND", "nxdomain", "no such host", "curl: (6)", "Could not resolve host",
        "Could not resolve hostname", "could not translate host name", "NAME_NOT_RESOLVED",
        "unable to resolve host address", "Unknown host", "failed to lookup address information",
        "Name does not resolve", "remote name could not be resolved", "getaddrinfo failed",
        "Name has no usable address", "specified hostname could not be found",
        "NSURLErrorDomain Code=-1003", "NSURLErrorDomain error -1003",
    ]),
    (Error, &["EAI_AGAIN"], &[
        "server misbehaving", "Try again later getaddrinfo", "Temporary failure resolving",
    ]),
    (End, &[], &[
        "Connection closed by remote host", "Connection closed by foreign host",
        "closed the connection unexpectedly", "Connection closed unexpectedly",
        "Connection unexpectedly closed", "prematurely closed connection", "unexpected EOF",
        "Empty reply from server", "curl: (52)", "curl: (18)", "EMPTY_RESPONSE",
        "RemoteDisconnected", "Remote end closed connection without response",
        "IncompleteReadError", "IncompleteRead", "IncompleteMessage",
        "connection closed before message completed", "has gone away", "Lost connection to",
        "EOFError", "EOFException", "end of file reached", "connection was closed by the peer",
        "Connection closed by peer", "Connection closed by server",
        "Server closed the connection", "Server closed connection", "{error,closed}",
        "EOF detected", "socket connection closed", "UND_ERR_SOCKET", "other side closed",
        "closed by the remote host", "Connection lost", "EOF", "early eof", "Connection closed",
        "connection was closed", "ConnectionClosedError", "ServerDisconnectedError",
        "SSL SYSCALL error: EOF detected", "Server disconnected", "remote end hung up",
        "EOF occurred in violation of protocol",
        "remote host closed the connection", "asio.misc:2", "End of file",
        "server closed idle connection", "unexpectedly closed the connection",
        "SSL_ERROR_SYSCALL in connection", "connection was lost", "NS_ERROR_NET_INTERRUPT",
        "NT_STATUS_CONNECTION_DISCONNECTED", "NSURLErrorDomain Code=-1005",
        "NSURLErrorDomain error -1005", "Socket closed unexpectedly", "peer closed the connection",
        "Connection terminated unexpectedly", "connection to client lost", "lost connection",
        "connection dropped", "connection terminated", "unexpected end of stream",
        "Server disconnected without sending a response", "NoHttpResponseException",
        "Remote host terminated the handshake", "peer shut down incorrectly",
        "close 1006", "closed abnormally 1006", "abnormal closure",
    ]),
    (Timer, &["EAGAIN", "ETIMEDOUT", "EINPROGRESS"], &[
        "timed out", "socket.timeout", "SocketTimeoutException", "i/o timeout", "ETIMEOUT",
        "ESOCKETTIMEDOUT", "Read timed out", "Net::ReadTimeout", "deadline has elapsed",
        "context deadline exceeded", "ReadTimeoutError", "ReadTimeoutException",
        "TimeoutException", "TimeoutError", "{error,timeout}", "TIMED_OUT",
        "Operation timed out after", "Read timeout", "execution expired",
        "operation has timed out", "configured HttpClient Timeout", "HttpTimeoutException",
        "Client Timeout exceeded", "handshake timeout", "ReadTimeout", "timeout of exceeded",
        "time::error::Elapsed", "request timeout", "NS_ERROR_NET_TIMEOUT",
        "NT_STATUS_IO_TIMEOUT", "NSURLErrorDomain Code=-1001", "NSURLErrorDomain error -1001",
    ]),
    (Timer, &["ETIMEDOUT", "EINPROGRESS"], &[
        "connect timed out", "ConnectTimeoutError", "ConnectTimeoutException", "Net::OpenTimeout",
        "UND_ERR_CONNECT_TIMEOUT", "curl: (28)", "Timeout was reached", "ConnectTimeout",
        "Connect timeout", "Connect Timeout Error", "Connection timeout",
        "failed to connect service",
    ]),
];
